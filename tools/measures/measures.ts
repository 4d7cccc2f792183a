import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { brokenBecause, chaptersIn, specReferences } from "../docs/spec-references.ts";
import { differingNames, handLists } from "./operations.ts";
import { TOUCHES } from "./touches.ts";
import {
  arrowsBackUp,
  circles,
  filesThatName,
  importsOf,
  namesWithTwoDefinitions,
  pausesForAnEvent,
  testFiles,
} from "./tree.ts";

/**
 * Print the measures of the house (issue 10) as a table, each counted from the tree:
 * `pnpm run measures [--base FOLDER] [--details]`. `--base` is another checkout, installed and generated, for a column of
 * what was before; `--details` lists what was counted.
 */
interface Measure {
  what: string;
  target: string;
  /** What is counted, one line each; a text for what is a figure already. */
  of(root: string): string[] | string;
}

const places = (found: readonly { file: string; line: number }[]) => found.map(({ file, line }) => `${file}:${line}`);

const MEASURES: readonly Measure[] = [
  {
    what: "procedures whose name differs between contract, core and router",
    target: "0",
    of: (root) =>
      differingNames(root).map(({ path, contract, router, core }) => `${path}: ${contract}, ${router}, ${core}`),
  },
  {
    what: "exported names with two definitions",
    target: "0",
    of: (root) => Object.entries(namesWithTwoDefinitions(root)).map(([name, files]) => `${name}: ${files.join(", ")}`),
  },
  {
    what: "hand lists of operations or areas (literals that name a quarter of all commands or paths, or most areas)",
    target: "0",
    of: (root) => handLists(root).map(({ file, line, names }) => `${file}:${line} (${names} names)`),
  },
  { what: "references to the specification that resolve", target: "all", of: resolvedReferences },
  {
    what: "files of core that name codex, beside the names of stored fields",
    target: "start-up texts",
    of: (root) => filesThatName(root, "codex"),
  },
  {
    what: "arrows back up between the rooms of dispatch, against their best order",
    target: "0",
    of: (root) => arrowsBackUp(importsOf(root), "packages/core/src/dispatch"),
  },
  {
    what: "circles between files, types included",
    target: "0",
    of: (root) => circles(importsOf(root)).map((files) => files.join(", ")),
  },
  {
    what: "pauses in tests that stand for an event (no looking again, no reason given)",
    target: "0",
    of: (root) => places(pausesForAnEvent(root)),
  },
  {
    what: "test files: unit, e2e",
    target: "–",
    of: (root) => {
      const { unit, e2e } = testFiles(root);
      return `${unit.length}, ${e2e.length}`;
    },
  },
];

function resolvedReferences(root: string): string {
  const folder = join(root, "docs/spec");
  const chapters = existsSync(folder) ? chaptersIn(folder) : new Map();
  const references = specReferences(root);
  return `${references.filter((reference) => brokenBecause(reference, chapters) === null).length} of ${references.length}`;
}

const shown = (value: string[] | string) => (typeof value === "string" ? value : String(value.length));

const { values } = parseArgs({ options: { base: { type: "string" }, details: { type: "boolean", default: false } } });
const own = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
const base = values.base === undefined ? undefined : resolve(values.base);
const print = (line: string) => process.stdout.write(`${line}\n`);

print("| measure | target | before | now |\n| --- | --- | --- | --- |");
const details: string[] = [];
for (const { what, target, of } of MEASURES) {
  const now = of(own);
  print(`| ${what} | ${target} | ${base === undefined ? "" : shown(of(base))} | ${shown(now)} |`);
  if (Array.isArray(now) && now.length > 0) details.push(`\n${what}:`, ...now.map((line) => `  ${line}`));
}
for (const { what, target, before, now, text } of TOUCHES) {
  const more = text === undefined ? "" : " (+ text)";
  print(
    `| files touched by hand to add ${what} | ${target} | ${typeof before === "string" ? before : before.length} | ${now.length}${more} |`,
  );
}
if (values.details) print(details.join("\n"));
