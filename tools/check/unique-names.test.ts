import { globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { operations } from "../../packages/contracts/src/registry.ts";
import { definedNames, definedTwice } from "./exported-names.ts";

const PATHS = Object.values(operations).flatMap((area) => Object.values(area).map(({ path }) => path));
/** An operation is declared, done, served and put into words under the last word of its path, which areas may share. */
const OPERATION_NAMES = new Set(PATHS.map((path) => path.split(".").at(-1) as string));
const FLOORS_OF_OPERATIONS = /^(packages\/(contracts|core|router)|apps\/(cli|server))\//;
/** What each file of a kind has to export under one name, because a list of them is made. */
const BY_RULE: Readonly<Record<string, RegExp>> = { area: /^packages\/contracts\/src\/[^/]+\/area\.ts$/ };

const isExempt = (name: string, file: string): boolean =>
  (OPERATION_NAMES.has(name) && FLOORS_OF_OPERATIONS.test(file)) || BY_RULE[name]?.test(file) === true;

const sources = globSync("{packages,apps}/*/src/**/*.{ts,tsx}").filter(
  (file) => !/\.test\.tsx?$|\/testing(\/|\.ts$)|\/generated\//.test(file),
);

it("no exported name has two definitions", () => {
  expect(sources.length).toBeGreaterThan(400);
  expect(definedTwice(sources, isExempt)).toEqual({});
});

it("what a module hands on as it is counts as no definition, another name for it does", () => {
  const text = [
    'import { given, type Handed } from "./a.ts";',
    'export { other, ours as theirs } from "./b.ts";',
    'export * from "./c.ts";',
    "export { given, type Handed, mine as own };",
    "export async function* follow(): void {}",
    "export type Shape = string;",
  ].join("\n");
  expect(definedNames(text).sort()).toEqual(["Shape", "follow", "own", "theirs"]);
});

it("a name of two files is found", () => {
  const folder = mkdtempSync(join(tmpdir(), "conveyor-names-"));
  const files = ["a.ts", "b.ts"].map((name) => join(folder, name));
  for (const file of files)
    writeFileSync(
      file,
      "export const twice = 1;\nexport interface Once {}\n".replace("Once", file.endsWith("a.ts") ? "A" : "B"),
    );
  expect(definedTwice(files, () => false)).toEqual({ twice: files });
  expect(definedTwice(files, (name) => name === "twice")).toEqual({});
  rmSync(folder, { recursive: true });
});
