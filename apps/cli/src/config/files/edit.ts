import { isDeepStrictEqual } from "node:util";
import { parse, stringify } from "smol-toml";

/**
 * A TOML text with one setting changed, or taken out when the value is undefined; comments and order of all else stay. Where
 * a line cannot be changed by itself, such as a table written inline, the text is written anew. Pure.
 */
export function withSetting(text: string, key: string, value: unknown): string {
  const wanted = changed(parse(text), key.split("."), value);
  const edited = editedLines(text, key, value);
  return isParsedAs(edited, wanted) ? edited : `${stringify(wanted)}`;
}

function isParsedAs(text: string, wanted: unknown): boolean {
  try {
    return isDeepStrictEqual(plain(parse(text)), plain(wanted));
  } catch {
    return false;
  }
}

/** Tables that became empty say nothing. */
function plain(value: unknown): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  const members = Object.entries(value).map(([name, own]) => [name, plain(own)] as const);
  const isTable = (own: unknown) => own !== null && typeof own === "object" && Object.keys(own).length === 0;
  return Object.fromEntries(members.filter(([, own]) => !isTable(own)));
}

function changed(
  document: Record<string, unknown>,
  [name = "", ...rest]: string[],
  value: unknown,
): Record<string, unknown> {
  const { [name]: before, ...others } = document;
  if (rest.length === 0) return value === undefined ? others : { ...document, [name]: value };
  const inner = changed((before ?? {}) as Record<string, unknown>, rest, value);
  return Object.keys(inner).length === 0 ? others : { ...document, [name]: inner };
}

function editedLines(text: string, key: string, value: unknown): string {
  const steps = key.split(".");
  const name = steps.at(-1) as string;
  const table = steps.slice(0, -1).join(".");
  const line = value === undefined ? undefined : `${name} = ${JSON.stringify(value)}`;
  const lines = text === "" ? [] : text.replace(/\n$/, "").split("\n");
  const begins = table === "" ? -1 : lines.findIndex((own) => headerOf(own) === table);
  if (table !== "" && begins === -1) {
    return line === undefined
      ? text
      : `${[...lines, ...(lines.length > 0 ? [""] : []), `[${table}]`, line].join("\n")}\n`;
  }
  const after = lines.findIndex((own, i) => i > begins && headerOf(own) !== undefined);
  const ends = after === -1 ? lines.length : after;
  const at = lines.findIndex((own, i) => i > begins && i < ends && new RegExp(`^\\s*${name}\\s*=`).test(own));
  if (at !== -1) lines.splice(at, 1, ...(line === undefined ? [] : [line]));
  else if (line !== undefined) lines.splice(begins + 1, 0, line);
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

function headerOf(line: string): string | undefined {
  return /^\s*\[([\w.-]+)\]\s*(?:#.*)?$/.exec(line)?.[1];
}
