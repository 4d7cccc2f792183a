import type { Area } from "@conveyor/contracts/area";
import { takesValue } from "./arguments.ts";
import {
  type CatalogEntry,
  type CommandSpec,
  type FlagSpec,
  GLOBAL_FLAGS,
  type OperationSpec,
  type ValueSpec,
} from "./manifest.ts";
import { flagForm, usageOf } from "./parse.ts";
import type { Palette } from "./print/palette.ts";
import { operationWords } from "./select-operation.ts";

/** Flags wider than this get their explanation on the next line. */
const LABEL_WIDTH = 30;

/** The help that stands above all commands: what there is, by area. */
export function topHelp(
  program: string,
  areas: readonly (Area & { name: string })[],
  catalog: readonly CatalogEntry[],
  colour: Palette,
): string {
  const longest = Math.max(...catalog.map(({ command }) => command.length), 0);
  const blocks: string[] = [];
  for (const { name, title } of areas) {
    const own = catalog.filter(({ area }) => area === name);
    if (own.length === 0) continue;
    const rows = own.map(({ command, summary }) => `  ${command.padEnd(longest)}  ${summary}\n`);
    blocks.push(`${colour.bold(title)}\n${rows.join("")}`);
  }
  return `usage: ${program} <command> [arguments] [flags]

One coding-agent session supervises others: tasks, sessions, bindings, messages, evidence.

${blocks.join("\n")}
Every command takes --path FILE, --json and --help. \`${program} <command> --help\` explains one.
`;
}

/** The help of one command with all its operations. Nothing is run for it. */
export function commandHelp(program: string, spec: CommandSpec, colour: Palette): string {
  const [first, ...others] = spec.operations.map((operation) => `${program} ${usageOf(spec, operation)}`);
  const usage = [`usage: ${first}`, ...others.map((line) => `       ${line}`)].join("\n");
  const blocks = spec.operations.map((operation) => operationHelp(spec, operation, colour));
  const aliases = spec.aliases ? `\nAlso called ${spec.aliases.join(", ")}.\n` : "";
  const examples = spec.operations
    .flatMap((operation) => operation.examples ?? [])
    .map((line) => `  ${program} ${line}\n`);
  return [
    `${usage}\n`,
    aliases,
    ...blocks.map((block) => `\n${block}`),
    `\n${colour.bold("On every command")}\n${GLOBAL_FLAGS.map((flag) => row(flagForm(flag), flag)).join("")}`,
    examples.length > 0 ? `\n${colour.bold("Examples")}\n${examples.join("")}` : "",
  ].join("");
}

function operationHelp(spec: CommandSpec, operation: OperationSpec, colour: Palette): string {
  const title = spec.operations.length > 1 ? `${colour.bold(operationWords(spec, operation))}: ` : "";
  const rows = [
    ...operation.arguments.map((argument) => row(`<${argument.placeholder}>`, argument)),
    ...operation.flags.map((flag) => row(flagForm(flag), flag)),
  ];
  const notes = operation.notes === undefined ? "" : `\n${operation.notes.trim()}\n`;
  return `${title}${operation.summary}\n${rows.join("")}${notes}`;
}

function row(form: string, spec: ValueSpec | FlagSpec): string {
  const text = explain(spec);
  if (text === "") return `  ${form}\n`;
  return form.length > LABEL_WIDTH
    ? `  ${form}\n  ${" ".repeat(LABEL_WIDTH)}  ${text}\n`
    : `  ${form.padEnd(LABEL_WIDTH)}  ${text}\n`;
}

/** The explanation of a flag with what its type adds: `(required)`, `(default: 10)`, `(repeatable)`. */
export function explain(spec: ValueSpec | FlagSpec): string {
  const isShown = spec.values !== undefined && spec.values.join("|").length <= 40;
  const facts = [
    spec.values !== undefined && (!isShown || !("flag" in spec)) && `one of ${spec.values.join(", ")}`,
    spec.required && "required",
    spec.repeatable && "repeatable",
    "once" in spec && spec.once && "once",
    spec.dash_reads_stdin && "- reads standard input",
    "aliases" in spec && spec.aliases && `also ${spec.aliases.map((alias) => `--${alias}`).join(", ")}`,
    spec.default !== undefined && defaultText(spec),
  ].filter((fact) => typeof fact === "string");
  return [spec.help, facts.length > 0 ? `(${facts.join("; ")})` : ""].filter((part) => part !== "").join(" ");
}

function defaultText(spec: ValueSpec | FlagSpec): string {
  if (spec.default === true && "flag" in spec && !takesValue(spec)) return `on; --no-${spec.flag} turns it off`;
  const value = typeof spec.default === "string" ? spec.default : JSON.stringify(spec.default);
  return `default: ${value}`;
}
