import { globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { declarationOf, EVENTS, type EventName } from "../../packages/contracts/src/events/catalogue.ts";
import { eventSchemas } from "../../packages/contracts/src/events/check.ts";
import { describedAs, type Schema } from "../cli/describe.ts";

const NAMES = Object.keys(EVENTS) as EventName[];
const FOLDER = "packages/contracts/src/events";
/** The one file that writes rows of events. */
const WRITER = "packages/store/src/events.ts";

const sources = globSync("{packages,apps}/*/src/**/*.{ts,tsx}")
  .filter((file) => !/\.test\.tsx?$|\/testing(\/|\.ts$)|\/generated\//.test(file))
  .map((file) => ({ file, text: readFileSync(file, "utf8") }));
const tellers = sources.filter(({ file, text }) => /^packages\/(core|store)\//.test(file) && text.includes("tx.tell("));
const filesWith = (pattern: RegExp) => sources.filter(({ text }) => pattern.test(text)).map(({ file }) => file);

describe("the catalogue of events", () => {
  it("holds every table that is declared, and no name twice", async () => {
    const declared: string[] = [];
    for (const file of globSync(`${FOLDER}/*.ts`)) {
      const tables: Record<string, unknown> = await import(pathToFileURL(resolve(file)).href);
      for (const [name, table] of Object.entries(tables))
        if (/^[a-z]\w*Events$/.test(name)) declared.push(...Object.keys(table as object));
    }
    expect(declared.sort()).toEqual([...NAMES].sort());
  });

  it.each(NAMES)("says what %s tells, and what each of its attributes means", (name) => {
    expect(name).toMatch(/^[a-z]+(_[a-z]+)+$/);
    expect(declarationOf(name).tells).toMatch(/^[a-z].*[^.]$/);
    const { attributes, payload } = eventSchemas(name);
    const fields = Object.entries({ ...attributes.shape, ...payload?.shape });
    expect(fields.length).toBeGreaterThan(0);
    for (const [field, schema] of fields) {
      expect(field).toMatch(/^[a-z]+[a-z0-9]*(_[a-z0-9]+)*$/);
      expect(describedAs(schema as unknown as Schema), `${name}.${field}`).toMatch(/\w/);
    }
  });

  it("is read without loading zod", async () => {
    const { metafile } = await build({
      entryPoints: [`${FOLDER}/catalogue.ts`],
      bundle: true,
      format: "esm",
      write: false,
      metafile: true,
    });
    expect(Object.keys(metafile.inputs).filter((input) => !input.startsWith(FOLDER))).toEqual([]);
  });
});

describe("telling events", () => {
  it("happens for every name, written out where it is told so that it can be found", () => {
    expect(tellers.length).toBeGreaterThan(40);
    expect(NAMES.filter((name) => !tellers.some(({ text }) => text.includes(`"${name}"`)))).toEqual([]);
    expect(filesWith(/\.tell\(\s*`/)).toEqual([]);
  });

  it("is the only way in which a row of events is written", () => {
    expect(filesWith(/insert\s+(or\s+\w+\s+)?into\s+(events|telemetry_events)\b/i)).toEqual([WRITER]);
    expect(filesWith(/\.(events|telemetry_events)\s*\.(create|update|upsert)/)).toEqual([]);
    expect(filesWith(/\binsert(Audit|Telemetry)\(/)).toEqual([WRITER]);
  });
});
