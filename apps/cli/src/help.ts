import type { Area } from "@conveyor/contracts/area";
import { takesValue } from "./arguments.ts";
import type { Io } from "./io.ts";
import {
  type CatalogEntry,
  type CommandSpec,
  type FlagSpec,
  GLOBAL_FLAGS,
  type OperationSpec,
  type ValueSpec,
} from "./manifest.ts";
import { flagForm, usageOf } from "./parse.ts";
import { type Palette, paletteFor } from "./print/palette.ts";
import { displayWidth } from "./print/width.ts";
import { operationWords } from "./select-operation.ts";

/** Flags wider than this get their explanation on the next line. */
const LABEL_WIDTH = 30;

/** What help is written on. */
export interface HelpPage {
  colour: Palette;
  /** Columns at which lines are broken; undefined where nobody looks. */
  columns: number | undefined;
}

/** Narrower than this, broken lines are harder to read than those that the terminal breaks. */
const NARROWEST = 40;

/** The page that standard output is. */
export function helpPage({ stdout, env }: Pick<Io, "stdout" | "env">): HelpPage {
  const columns = stdout.isTerminal && stdout.columns >= NARROWEST ? stdout.columns : undefined;
  return { colour: paletteFor(stdout, env), columns };
}

/** A text behind `head` on its line, broken at the width of the page, each further line indented by as much as `head` is wide. */
function beside(head: string, text: string, { columns }: HelpPage, hang = displayWidth(head)): string {
  if (columns === undefined || displayWidth(head) + displayWidth(text) <= columns) return `${head}${text}\n`;
  const lines: string[] = [];
  let line = head;
  let isFresh = true;
  for (const word of text.split(" ")) {
    if (!isFresh && displayWidth(line) + 1 + displayWidth(word) > columns) {
      lines.push(line);
      line = " ".repeat(hang);
      isFresh = true;
    }
    line += isFresh ? word : ` ${word}`;
    isFresh = false;
  }
  return [...lines, line].map((own) => `${own.trimEnd()}\n`).join("");
}

/** The help that stands above all commands: what there is, by area. */
export function topHelp(
  program: string,
  areas: readonly (Area & { name: string })[],
  catalog: readonly CatalogEntry[],
  page: HelpPage,
): string {
  const longest = Math.max(...catalog.map(({ command }) => command.length), 0);
  const blocks: string[] = [];
  for (const { name, title } of areas) {
    const own = catalog.filter(({ area }) => area === name);
    if (own.length === 0) continue;
    const rows = own.map(({ command, summary, forms = [] }) =>
      beside(`  ${command.padEnd(longest)}  `, [summary, formsText(forms)].filter(Boolean).join(" "), page),
    );
    blocks.push(`${page.colour.bold(title)}\n${rows.join("")}`);
  }
  return `usage: ${program} <command> [arguments] [flags]

${beside("", "One coding-agent session supervises others: tasks, sessions, bindings, messages, evidence.", page)}
${blocks.join("\n")}
${beside("", `Every command takes --path FILE, --json and --help. \`${program} <command> --help\` explains one.`, page)}`;
}

const formsText = (forms: readonly string[]) => (forms.length === 0 ? "" : `(also ${forms.join(", ")})`);

/** The help of one command with all its forms. Nothing is run for it. */
export function commandHelp(program: string, spec: CommandSpec, page: HelpPage): string {
  const { colour } = page;
  const [first, ...others] = spec.operations.map((operation) => `${program} ${usageOf(spec, operation)}`);
  const usage = [
    beside("usage: ", first as string, page, 9),
    ...others.map((line) => beside("       ", line, page, 9)),
  ].join("");
  const blocks = spec.operations.map((operation) => operationHelp(spec, operation, page));
  const aliases = spec.aliases ? `\nAlso called ${spec.aliases.join(", ")}.\n` : "";
  const examples = spec.operations
    .flatMap((operation) => operation.examples ?? [])
    .map((line) => `  ${program} ${line}\n`);
  return [
    usage,
    aliases,
    ...blocks.map((block) => `\n${block}`),
    `\n${colour.bold("On every command")}\n${GLOBAL_FLAGS.map((flag) => row(flagForm(flag), flag, page)).join("")}`,
    examples.length > 0 ? `\n${colour.bold("Examples")}\n${examples.join("")}` : "",
  ].join("");
}

function operationHelp(spec: CommandSpec, operation: OperationSpec, page: HelpPage): string {
  const title = spec.operations.length > 1 ? `${page.colour.bold(operationWords(spec, operation))}: ` : "";
  const rows = [
    ...operation.arguments.map((argument) => row(`<${argument.placeholder}>`, argument, page)),
    ...operation.flags.map((flag) => row(flagForm(flag), flag, page)),
  ];
  const paragraphs = (operation.notes?.trim() ?? "").split("\n").map((line) => beside("", line, page));
  const notes = operation.notes === undefined ? "" : `\n${paragraphs.join("")}`;
  return `${beside(title, operation.summary, page, 0)}${rows.join("")}${notes}`;
}

function row(form: string, spec: ValueSpec | FlagSpec, page: HelpPage): string {
  const text = explain(spec);
  if (text === "") return `  ${form}\n`;
  const room = " ".repeat(LABEL_WIDTH + 4);
  return form.length > LABEL_WIDTH
    ? `  ${form}\n${beside(room, text, page)}`
    : beside(`  ${form.padEnd(LABEL_WIDTH)}  `, text, page);
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
    "short" in spec && spec.short !== undefined && `also -${spec.short}`,
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
