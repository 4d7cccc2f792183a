import { specs } from "../generated/index.ts";
import { type FlagSpec, GLOBAL_FLAGS, type ValueSpec } from "../manifest.ts";
import { type ParsedCall, parseCall } from "../parse.ts";
import { selectOperation } from "../select-operation.ts";

/** Words that follow the program's name where it is only spoken of. */
const PROSE = new Set(["and", "command", "is", "itself", "or", "runs", "web"]);

/** A command line as somebody printed it: its words after the program's name. */
export type Printed = readonly string[];

/**
 * The command lines in a text: source code, Markdown, a prompt. Each begins with the program's name and ends with its line,
 * with the string or the backticks in which it stands.
 */
export function printedIn(source: string): Printed[] {
  // A quote that is escaped in source code is one in what is printed; a line that ends with a backslash goes on.
  const text = source.replace(/\\(['"])/g, "$1").replace(/ *\\\n */g, " ");
  return [...text.matchAll(/(?<![\w@/.[-])conveyor (?=[a-z])/g)]
    .map(({ index, 0: { length } }) => wordsFrom(text, index + length))
    .filter(([command = ""]) => !PROSE.has(command.replace(/[.,;:]$/, "")))
    .flatMap(eachAlternative);
}

const CLOSES: Readonly<Record<string, string>> = { '"': '"', "'": "'" };

function wordsFrom(text: string, start: number): string[] {
  const words: string[] = [];
  let word = "";
  let isOpen = false;
  const endWord = () => {
    if (word !== "" || isOpen) words.push(word);
    [word, isOpen] = ["", false];
  };
  for (let at = start; at < text.length; at += 1) {
    const char = text[at] as string;
    if (char === "\n" || char === "`" || char === "|" || (char === "\\" && text[at + 1] === "`")) {
      // In `--accept|--reject` the bar parts alternatives; behind a blank it is the shell's.
      if (char === "|" && word !== "") word += char;
      else break;
    } else if ("#<>".includes(char) && word === "" && !isSlot(text, at)) break;
    else if (char === " ") endWord();
    else if (text.startsWith("${", at) || text.startsWith("$(", at)) {
      const end = endOfPlace(text, at + 1);
      word += text.slice(at, end);
      at = end - 1;
    } else if (char in CLOSES) {
      const end = /^(--[a-z-]+=)?$/.test(word) ? text.indexOf(CLOSES[char] as string, at + 1) : -1;
      const inside = text.slice(at + 1, end);
      if (end === -1 || inside.includes("\n")) break;
      [word, isOpen] = [word + inside, true];
      at = end;
    } else word += char;
  }
  endWord();
  // What follows is left out where it is shown.
  if (words.at(-1) === "…" && !words.at(-2)?.startsWith("--")) words.pop();
  return words.map((own) => own.replace(/[.,;:)]+$/, ""));
}

/** `<id>` is an open place, `< file` is the shell's. */
function isSlot(text: string, at: number): boolean {
  return /^<[\w. |-]+>/.test(text.slice(at, at + 80));
}

/** Where `{…}` or `(…)` ends that begins here. */
function endOfPlace(text: string, start: number): number {
  const [open, close] = text[start] === "{" ? ["{", "}"] : ["(", ")"];
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === open) depth += 1;
    if (text[at] === close) depth -= 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}

/** `--accept|--reject ID` is two command lines, and so is `register-${role}`. */
function eachAlternative(words: Printed): Printed[] {
  const [command = "", ...rest] = words;
  const ofRole = /\$\{[\w.]*role\}/i;
  if (ofRole.test(command)) return ["worker", "manager"].map((role) => [command.replace(ofRole, role), ...rest]);
  const at = words.findIndex((word) => /^--[a-z-]+(\|--[a-z-]+)+$/.test(word));
  if (at === -1) return [words];
  return (words[at] as string).split("|").map((flag) => words.with(at, flag));
}

/** What the reader fills in: `<id>`, `NAME`, `worker|manager`, `…`, and what a program puts there: `${name}`, `$PPID`. */
const PLACE = /^(<.+>|[A-Z][A-Z_]*|[a-z]+(\|[a-z]+)+|.*(…|\$[{(A-Z]).*)$/;

/** A value that fits the place; what is no place stays. */
function filled(spec: ValueSpec | undefined, word: string): string {
  if (!PLACE.test(word)) return word;
  if (spec?.values !== undefined) return spec.values[0] as string;
  if (spec?.type === "integer" || spec?.type === "number") return "7";
  return spec?.type === "json" ? '{"exit_code":0}' : "x";
}

/**
 * Read a printed line as the program would, its open places filled. Throws what the program would say, except that a
 * command which is only named, without any argument, may lack what it needs: null.
 */
export async function readPrinted(line: Printed): Promise<ParsedCall | null> {
  const { command, words, named } = await fill(line);
  try {
    return await readWords([command, ...words]);
  } catch (thrown) {
    const { missing } = (thrown as { details?: { missing?: string } }).details ?? {};
    if (named === "alone" && missing !== undefined) return null;
    if (named === "with flags" && missing?.startsWith("<")) return null;
    throw thrown;
  }
}

/** Read a line that the program builds for others to run: it must lack nothing. */
export async function readBuilt(line: Printed): Promise<ParsedCall> {
  const { command, words } = await fill(line);
  return readWords([command, ...words]);
}

interface Filled {
  command: string;
  words: string[];
  /** Whether anything stands behind the command. */
  named: "alone" | "with flags" | "with arguments";
}

async function fill([command = "", ...words]: Printed): Promise<Filled> {
  const { spec, operation } = await operationOf(command, words);
  const flags = new Map<string, FlagSpec>();
  for (const flag of [...GLOBAL_FLAGS, ...spec.operations.flatMap((own) => own.flags), ...operation.flags]) {
    for (const name of [flag.flag, ...(flag.aliases ?? [])]) flags.set(name, flag);
  }
  const argv: string[] = [];
  const given: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] as string;
    if (!word.startsWith("--") || word === "--") {
      const isAction = given.length === 0 && word === operation.action && !argv.includes(word);
      const own = operation.arguments[Math.min(given.length, operation.arguments.length - 1)];
      argv.push(isAction ? word : filled(own, word));
      if (!isAction && word !== "--") given.push(word);
      continue;
    }
    const [name = "", value] = word.slice(2).split(/=(.*)/s);
    const flag = flags.get(name);
    if (value !== undefined && flag?.type === "boolean" && PLACE.test(value)) argv.push(`--${name}`);
    else if (value !== undefined) argv.push(`--${name}=${filled(flag, value)}`);
    else argv.push(word);
    const next = words[at + 1];
    if (value !== undefined || flag === undefined || flag.type === "boolean" || next === undefined) continue;
    argv.push(filled(flag, next));
    at += 1;
  }
  const isAlone = argv.every((word) => word === operation.action);
  return { command, words: argv, named: given.length > 0 ? "with arguments" : isAlone ? "alone" : "with flags" };
}

/** Read the words of a command line exactly as the program does. */
export async function readWords([command = "", ...words]: Printed): Promise<ParsedCall> {
  const { spec } = await operationOf(command, words);
  return parseCall(spec, words, { cwd: "/", home: "/" });
}

async function operationOf(command: string, words: readonly string[]) {
  if (!Object.hasOwn(specs, command)) throw new Error(`there is no command ${command}`);
  const { spec } = await (specs[command] as NonNullable<(typeof specs)[string]>)();
  return { spec, operation: selectOperation(spec, words) };
}
