import type { PageField, PageInput, PageOperation } from "./page-operation.ts";

/** What stands in a form, by field: text, or whether it is ticked. */
export type Filled = Readonly<Record<string, string | boolean>>;

export interface ReadForm {
  input: PageInput;
  /** What is wrong, by field. */
  problems: Readonly<Record<string, string>>;
}

/** Read what was filled in, field by field; what was left empty is left out. Bounds are the server's to judge. Pure. */
export function readForm({ fields }: PageOperation, filled: Filled): ReadForm {
  const input: Record<string, unknown> = {};
  const problems: Record<string, string> = {};
  for (const field of fields) {
    const name = field.field;
    if (name === null) continue;
    const value = filled[name];
    try {
      const read = readField(field, value);
      if (read !== undefined) input[name] = read;
      else if (field.required) problems[name] = "needed";
    } catch (thrown) {
      problems[name] = (thrown as Error).message;
    }
  }
  return { input, problems };
}

function readField(field: PageField, value: string | boolean | undefined): unknown {
  if (field.type === "boolean") {
    // Left as it is by default it says nothing.
    const isTicked = value === true;
    return isTicked === (field.default === true) ? undefined : isTicked;
  }
  if (typeof value !== "string" || value === "") return undefined;
  if (field.rest) return typedWords(value);
  if (field.repeatable || field.swallows) {
    const lines = value.split("\n").filter((line) => line.trim() !== "");
    return lines.length === 0 ? undefined : lines.map((line) => readValue(field, line.trim()));
  }
  return readValue(field, value);
}

function readValue({ type }: PageField, text: string): unknown {
  if (type === "json") {
    try {
      return JSON.parse(text);
    } catch {
      throw new Error("not JSON");
    }
  }
  if (type !== "integer" && type !== "number") return text;
  const number = Number(text);
  if (!Number.isFinite(number) || (type === "integer" && !Number.isInteger(number))) {
    throw new Error(type === "integer" ? "not a whole number" : "not a number");
  }
  return number;
}

/** The words of a command as a shell would take them apart: quotes hold together, nothing is expanded. Throws when one is open. Pure. */
export function typedWords(text: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let i = 0; i < text.length; i += 1) {
    const letter = text[i] as string;
    if (letter === "\\" && quote !== "'" && i + 1 < text.length) {
      i += 1;
      word = `${word ?? ""}${text[i]}`;
    } else if (quote !== null) {
      if (letter === quote) quote = null;
      else word = `${word ?? ""}${letter}`;
    } else if (letter === "'" || letter === '"') {
      quote = letter;
      word ??= "";
    } else if (/\s/.test(letter)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = `${word ?? ""}${letter}`;
  }
  if (quote !== null) throw new Error("a quote is open");
  if (word !== null) words.push(word);
  return words;
}
