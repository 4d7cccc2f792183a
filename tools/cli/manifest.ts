import { readdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { CatalogEntry, CommandSpec } from "../../apps/cli/src/manifest.ts";
import { standardOperation } from "../../apps/cli/src/select-operation.ts";
import { allOperations } from "../../packages/contracts/src/registry.ts";
import { writeDirectory } from "../contracts/directory.ts";
import { type Declared, declaredOperations } from "../contracts/registry.ts";
import { HEADER, writeIfChanged } from "../files.ts";
import { describeCommands, describeShorthands } from "./commands.ts";
import { pageOperationsModule } from "./page-operations.ts";
import { presentedOperations } from "./presentations.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const FOLDER = join(ROOT, "apps/cli/src/generated");
const PAGE_OPERATIONS = join(ROOT, "apps/web/src/generated/page-operations.ts");
const VOCABULARY = join(ROOT, "packages/contracts/src/generated/vocabulary.ts");

/**
 * Write the command line's description of every command: a module per command, so that start-up loads one; the index of
 * them, and of what is said about operations in words of their own; the catalog for the top help; an index of flags for
 * "that is a flag of another command"; and the same operations for the page's palette.
 */
export function writeManifest(folder: string = FOLDER): CommandSpec[] {
  const declared = declaredOperations();
  writeDirectory(declared, allOperations());
  const commands = describeCommands();
  const wanted = new Map<string, string>();
  for (const spec of commands) wanted.set(`specs/${spec.command}.ts`, specModule(spec));
  wanted.set("index.ts", indexModule(commands, declared));
  wanted.set("catalog.ts", catalogModule(commands));
  wanted.set("flags.ts", flagsModule(commands));
  wanted.set("all.ts", allModule(commands));
  for (const [name, text] of wanted) writeIfChanged(join(folder, name), text);
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (name.endsWith(".ts") && !wanted.has(name)) rmSync(join(folder, name));
  }
  writeIfChanged(PAGE_OPERATIONS, pageOperationsModule(commands));
  writeIfChanged(VOCABULARY, vocabularyModule(commands));
  return commands;
}

/** The only list of commands, and of the modules that say something about an operation: all of them are loaded on demand. */
function indexModule(commands: readonly CommandSpec[], declared: readonly Declared[]): string {
  const row = (key: string, value: string) => `  ${JSON.stringify(key)}: ${value},`;
  // By name: of two commands that are equally near to a wrong word, the first is proposed.
  const names = commands.map(({ command }) => command).sort();
  const specs = names.map((command) => row(command, `() => import("./specs/${command}.ts")`));
  const further = commands.flatMap(({ command, aliases = [] }) => aliases.map((alias) => row(alias, `"${command}"`)));
  const presented = presentedOperations(declared).map(({ path, file }) => row(path, `() => import("../${file}.ts")`));
  const short = describeShorthands().map(({ name, ...spec }) => row(name, JSON.stringify(spec)));
  return `${HEADER}import type { CommandSpec, ShorthandSpec } from "../manifest.ts";

/** The description of every command. */
export const specs: Readonly<Record<string, () => Promise<{ spec: CommandSpec }>>> = {
${specs.join("\n")}
};

/** The command that each further name means. */
export const furtherNames: Readonly<Record<string, string>> = {
${further.join("\n")}
};

/** The command that each short word means, and what it brings along. */
export const shorthands: Readonly<Record<string, ShorthandSpec>> = {
${short.join("\n")}
};

/**
 * The modules that say something about an operation in words of their own, by its path, and export it as the path's last
 * word. Of the other operations the generic renderer speaks.
 */
export const presentations: Readonly<Record<string, () => Promise<object>>> = {
${presented.join("\n")}
};
`;
}

/**
 * Which flags each command has, as a type only: what prints commands for others to run is held to it by the compiler and
 * loads nothing.
 */
function vocabularyModule(commands: readonly CommandSpec[]): string {
  const flags = new Map<string, Set<string>>();
  for (const { command, operations } of commands) {
    for (const operation of operations) {
      const words = operation.action === undefined ? command : `${command} ${operation.action}`;
      const known = flags.get(words) ?? new Set();
      for (const { flag } of operation.flags) known.add(flag.replaceAll("-", "_"));
      flags.set(words, known);
    }
  }
  const row = ([words, own]: [string, Set<string>]) =>
    `  ${JSON.stringify(words)}: ${[...own].map((flag) => JSON.stringify(flag)).join(" | ") || "never"};`;
  return `${HEADER}/** The flags of every command, in snake_case, by the words that stand before them. */
export interface Vocabulary {
${[...flags].map(row).join("\n")}
}
`;
}

function specModule(spec: CommandSpec): string {
  return `${HEADER}import type { CommandSpec } from "../../manifest.ts";

export const spec = ${JSON.stringify(spec, null, 2)} as const satisfies CommandSpec;
`;
}

function catalogModule(commands: readonly CommandSpec[]): string {
  const entries = commands.map(
    (spec): CatalogEntry => ({
      command: spec.command,
      area: spec.area,
      summary: standardOperation(spec).summary,
      ...(spec.aliases && { aliases: spec.aliases }),
      ...formsOf(spec),
    }),
  );
  // What people type every day stands with the other words of every day.
  const short = describeShorthands().map(
    ({ name, summary, command, words }): CatalogEntry => ({
      command: name,
      area: "everyday",
      summary: `${summary} (${[command, ...words].join(" ")})`,
    }),
  );
  entries.push(...short);
  return `${HEADER}import type { CatalogEntry } from "../manifest.ts";

export const catalog: readonly CatalogEntry[] = ${JSON.stringify(entries, null, 2)};
`;
}

/** How the forms of a command are written that its bare name does not mean. */
function formsOf(spec: CommandSpec): Pick<CatalogEntry, "forms"> {
  const standard = standardOperation(spec);
  const others = spec.operations.filter((operation) => operation !== standard && operation.kind !== "subscription");
  const forms = new Set(others.map(({ action, select }) => action ?? `--${select}`));
  return forms.size === 0 ? {} : { forms: [...forms] };
}

function flagsModule(commands: readonly CommandSpec[]): string {
  const index: Record<string, string[]> = {};
  for (const { command, operations } of commands) {
    for (const flag of new Set(operations.flatMap((operation) => operation.flags.map((own) => own.flag)))) {
      index[flag] = [...(index[flag] ?? []), command];
    }
  }
  return `${HEADER}/** Which commands take a flag. */
export const flagOwners: Readonly<Record<string, readonly string[]>> = ${JSON.stringify(index, null, 2)};
`;
}

function allModule(commands: readonly CommandSpec[]): string {
  const names = commands.map(({ command }) => command);
  const imports = names.map((name, i) => `import { spec as spec${i} } from "./specs/${name}.ts";`).join("\n");
  return `${HEADER}import type { CommandSpec } from "../manifest.ts";
${imports}

export const allSpecs: readonly CommandSpec[] = [${names.map((_, i) => `spec${i}`).join(", ")}];
`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  const commands = writeManifest();
  process.stderr.write(`described ${commands.length} commands\n`);
}
