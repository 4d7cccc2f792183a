import { describe, expect, it } from "vitest";
import { allOperations, fieldCliOf, operations } from "../../../packages/contracts/src/index.ts";
import { appRouter } from "../../../packages/router/src/index.ts";
import { describeCommands } from "../../../tools/cli/commands.ts";
import { describedAs, type Schema } from "../../../tools/cli/describe.ts";
import { writeManifest } from "../../../tools/cli/manifest.ts";
import { referencePages } from "../../../tools/docs/reference.ts";
import type { CommandSpec } from "./manifest.ts";
import { selectOperation } from "./select-operation.ts";

const all = allOperations();
/** The router as tRPC keeps it: areas that were not loaded yet, and the procedures of those that were. */
const served = (
  appRouter as unknown as {
    _def: { procedures: Record<string, { _def: { type: string } }>; lazy: Record<string, { load(): Promise<void> }> };
  }
)._def;
await Promise.all(Object.values(served.lazy).map((area) => area.load()));
const procedures = Object.keys(served.procedures);
writeManifest();
const { presentations } = await import("./generated/index.ts");
const { presentationOf } = await import("./presentation.ts");
const { areas } = await import("../../../packages/contracts/src/generated/areas.ts");

describe("every declared operation", () => {
  it("stands in the registry under its own path", () => {
    const paths = Object.entries(operations).flatMap(([area, own]) =>
      Object.keys(own).map((name) => `${area}.${name}`),
    );
    expect(all.map(({ path }) => path)).toEqual(paths);
    expect(new Set(paths).size).toBe(paths.length);
  });

  it("has exactly one procedure, unless it is local to the command line", () => {
    const expected = all.filter(({ kind }) => kind !== "local").map(({ path }) => path);
    expect(procedures.toSorted()).toEqual(expected.toSorted());
  });

  it("has the procedure type that it declares", () => {
    for (const { path, kind } of all) {
      if (kind !== "local") expect(served.procedures[path]?._def.type, path).toBe(kind);
    }
  });

  it("is presented by the export that bears its name, in its area, if by any", async () => {
    for (const path of Object.keys(presentations)) expect((await presentationOf(path)).path).toBe(path);
  });

  it("runs in this process exactly when it is local", async () => {
    for (const { path, kind } of all) {
      const { local } = await presentationOf(path);
      expect(local !== undefined, path).toBe(kind === "local");
    }
  });

  it("that streams is asked for with --follow, and with --watch as before", () => {
    const streams = all.filter(({ kind }) => kind === "subscription");
    expect(streams.length).toBeGreaterThan(5);
    for (const { path, cli } of streams) {
      const spec = describeCommands().find(({ command }) => command === cli.command) as CommandSpec;
      const words = cli.action === undefined ? [] : [cli.action];
      for (const flag of ["--follow", "--watch"]) expect(selectOperation(spec, [...words, flag]).path).toBe(path);
    }
  });

  it("has an entry in the reference", () => {
    const whole = [...referencePages().values()].join("\n");
    for (const { path, summary } of all) expect(whole, path).toContain(summary);
  });

  it("belongs to an area that says what it is, each at a place of its own", () => {
    const named = new Set(areas.map(({ name }) => name));
    expect(Object.keys(operations).filter((area) => !named.has(area))).toEqual([]);
    expect(new Set(areas.map(({ order }) => order)).size).toBe(areas.length);
  });

  it("has a summary of one line", () => {
    for (const { path, summary } of all) expect(summary, path).toMatch(/^[A-Z`][^\n]{8,120}[^.\n]$/);
  });

  it("explains every input field", () => {
    const silent = all.flatMap(({ path, input }) =>
      Object.entries(input.shape)
        .filter(([, field]) => !fieldCliOf(field).hidden && !describedAs(field as unknown as Schema))
        .map(([name]) => `${path}: ${name}`),
    );
    expect(silent).toEqual([]);
  });

  it("names its fields in snake_case", () => {
    for (const { path, input } of all) {
      for (const name of Object.keys(input.shape)) expect(name, path).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
    }
  });
});
