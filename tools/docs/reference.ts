import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { explain } from "../../apps/cli/src/help.ts";
import { type CommandSpec, GLOBAL_FLAGS, type OperationSpec, type ValueSpec } from "../../apps/cli/src/manifest.ts";
import { flagForm, usageOf } from "../../apps/cli/src/parse.ts";
import { operationWords, standardOperation } from "../../apps/cli/src/select-operation.ts";
import { areas } from "../../packages/contracts/src/generated/areas.ts";
import { type AnyOperation, allOperations } from "../../packages/contracts/src/index.ts";
import { isGivenAnywhere, refusals } from "../../packages/contracts/src/refusals.ts";
import { describeCommands } from "../cli/commands.ts";
import type { Schema } from "../cli/describe.ts";
import { eventsPage } from "./events.ts";
import { type OutputField, outputFields, typeName } from "./fields.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
export const referenceFolder = join(root, "docs/reference");
const NOTE = "<!-- Generated from the contracts by `pnpm run docs`. Do not edit. -->\n";

/** The reference as files: name and text of each page. The contracts are its only source. */
export function referencePages(): Map<string, string> {
  const operations = new Map(allOperations().map((operation) => [operation.path, operation]));
  const commands = describeCommands();
  const pages = new Map<string, string>();
  const index: string[] = [];
  for (const { name: area, title, about } of areas) {
    const own = commands.filter((command) => command.area === area);
    if (own.length === 0) continue;
    const sections = own.map((command) => commandSection(command, operations));
    pages.set(`${area}.md`, `${NOTE}\n# ${title}\n\n${capitalised(about)}.\n\n${sections.join("\n")}`);
    index.push(`## [${title}](${area}.md)\n\n${own.map((command) => indexLine(command, area)).join("")}`);
  }
  pages.set("errors.md", errorsPage());
  pages.set("events.md", `${NOTE}${eventsPage()}`);
  pages.set("README.md", indexPage(index));
  return pages;
}

const capitalised = (words: string) => words.slice(0, 1).toUpperCase() + words.slice(1);

function indexLine(spec: CommandSpec, area: string): string {
  return `- [\`${spec.command}\`](${area}.md#${spec.command}): ${standardOperation(spec).summary}\n`;
}

function indexPage(index: readonly string[]): string {
  return `${NOTE}
# Reference

${index.join("\n")}
## On every command

${flagTable(GLOBAL_FLAGS.map((flag) => [`\`${flagForm(flag)}\``, explain(flag)]))}
Exit codes: 0 done, 1 refused or failed while trying, 2 wrong usage or input, 130 interrupted.
[Error codes](errors.md) are stable. What commands leave in the ledger are [events](events.md).
`;
}

function commandSection(spec: CommandSpec, operations: ReadonlyMap<string, AnyOperation>): string {
  const aliases = spec.aliases ? `\nAlso called ${spec.aliases.map((alias) => `\`${alias}\``).join(", ")}.\n` : "";
  const sections = spec.operations.map((operation) =>
    operationSection(spec, operation, operations.get(operation.path) as AnyOperation),
  );
  return `## ${spec.command}\n${aliases}\n${sections.join("\n")}`;
}

function operationSection(spec: CommandSpec, operation: OperationSpec, contract: AnyOperation): string {
  const heading = spec.operations.length > 1 ? `### ${operationWords(spec, operation)}\n\n` : "";
  const given = [
    ...operation.arguments.map((own): [string, ValueSpec] => [`<${own.placeholder}>`, own]),
    ...operation.flags.map((own): [string, ValueSpec] => [flagForm(own), own]),
  ];
  const flags = given.length === 0 ? "" : `${flagTable(given.map(([form, own]) => [`\`${form}\``, explain(own)]))}\n`;
  const notes = operation.notes === undefined ? "" : `${operation.notes.trim()}\n\n`;
  const examples = operation.examples?.map((line) => `conveyor ${line}\n`).join("") ?? "";
  return `${heading}${operation.summary}. ${facts(operation)}

\`\`\`
conveyor ${usageOf(spec, operation)}
\`\`\`

${flags}${notes}${examples === "" ? "" : `Examples:\n\n\`\`\`sh\n${examples}\`\`\`\n\n`}${outputSection(contract)}${refusalsSection(contract)}`;
}

const PRINTS: Record<OperationSpec["prints"], string> = {
  text: "Prints text, JSON with `--json`",
  json: "Prints JSON, text with `--human`",
  lines: "Prints one JSON document per line",
};

const USES: Record<OperationSpec["ledger"], string> = {
  read: "reads the ledger and never creates one",
  create: "creates the ledger when there is none",
  write: "changes a ledger that exists and never creates one",
  if_there: "reads the ledger if there is one",
  none: "needs no ledger",
};

function facts(operation: OperationSpec): string {
  const where = operation.kind === "local" || operation.here ? " Always runs in the caller's process." : "";
  const procedure = operation.kind === "local" ? "" : ` Procedure \`${operation.path}\` (${operation.kind}).`;
  return `${PRINTS[operation.prints]}; ${USES[operation.ledger]}.${where}${procedure}`;
}

function outputSection({ output }: AnyOperation): string {
  const schema = output as unknown as Schema;
  const fields = outputFields(schema);
  const whole = typeName(schema);
  if (fields.length === 0) return `Output: ${whole}.\n`;
  const rows = fields.map(
    ({ path, type, help }: OutputField) => `| \`${path}\` | ${escaped(type)} | ${escaped(help)} |\n`,
  );
  return `Output: ${whole}.\n\n| Field | Type | Meaning |\n| --- | --- | --- |\n${rows.join("")}`;
}

/** The codes of an operation in the order of the table, which is the one of the page of errors. */
function refusalsSection({ refuses = [] }: AnyOperation): string {
  const own = Object.keys(refusals).filter((code) => (refuses as readonly string[]).includes(code));
  if (own.length === 0) return "";
  const rest = "what [every operation](errors.md#of-every-operation) may give";
  return `\nRefusals: ${own.map((code) => `\`${code}\``).join(", ")}, and ${rest}.\n`;
}

function flagTable(rows: readonly [string, string][]): string {
  const body = rows.map(([form, text]) => `| ${escaped(form)} | ${escaped(text)} |\n`).join("");
  return `| Argument | Meaning |\n| --- | --- |\n${body}`;
}

const escaped = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");

function errorsPage(): string {
  const codes = Object.entries(refusals);
  const table = (rows: typeof codes) => {
    const lines = rows.map(
      ([code, { exit, http, meaning, hint }]) =>
        `| \`${code}\` | ${exit} | ${http} | ${escaped(meaning)} | ${escaped(hint)} |\n`,
    );
    return `| Code | Exit | HTTP | Meaning | Hint, where the message has no better one |\n| --- | --- | --- | --- | --- |\n${lines.join("")}`;
  };
  return `${NOTE}
# Error codes

An error prints one line and a hint on stderr; with \`--json\` it is \`{"error": {"code", "message", "hint", "details"}}\`.
A server answers with the HTTP status and the same four fields.

## Of every operation

Because of how it was called, which ledger it works on, or the machine.

${table(codes.filter(([code]) => isGivenAnywhere(code)))}
## Of single operations

The page of each operation names those that it may give.

${table(codes.filter(([code]) => !isGivenAnywhere(code)))}`;
}

/** Write the pages and remove those of areas that no longer exist. */
export function writeReference(folder: string = referenceFolder): void {
  mkdirSync(folder, { recursive: true });
  const pages = referencePages();
  for (const [name, text] of pages) writeFileSync(join(folder, name), text);
  for (const name of readdirSync(folder)) if (name.endsWith(".md") && !pages.has(name)) rmSync(join(folder, name));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  writeReference();
  process.stderr.write(`docs/reference: ${referencePages().size} pages\n`);
}
