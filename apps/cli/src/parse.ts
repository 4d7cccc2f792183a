import { nearest } from "@conveyor/contracts/nearest";
import { type Given, splitArguments, splitRest, takesValue } from "./arguments.ts";
import { type CommandSpec, type FlagSpec, GLOBAL_FLAGS, type OperationSpec, type ValueSpec } from "./manifest.ts";
import { isWordOf, noSuchWord, operationWords, selectOperation } from "./select-operation.ts";
import { cutAtSwallowing } from "./swallowed.ts";
import { usageError } from "./usage-error.ts";
import { absolutePath, type Place, quote, readValue } from "./values.ts";

/** What a command line asks for. */
export interface ParsedCall {
  operation: OperationSpec;
  /** The input as given: no defaults, standard input not read yet. */
  input: Record<string, unknown>;
  /** Fields whose value is to be read from standard input. */
  stdin: { field: string; as: "text" | "json"; label: string }[];
  ledger: string | undefined;
  server: string | undefined;
  /** What the caller said about the form of the output. */
  output: "json" | "human" | "default";
  /** The fields that are wanted of every row, as they were written; absent when the whole answer is. */
  fields?: readonly string[] | undefined;
  /** Whether nothing but the answer is to be told. */
  quiet: boolean;
}

/**
 * Read the arguments of a command strictly (spec 01 §4.2), which ask for one of `among` or, by default, of all its operations. Throws `usage` that names what is wrong and the nearest
 * valid word; bounds of numbers and the like are left to the operation's own schema.
 */
export async function parseCall(
  spec: CommandSpec,
  typed: readonly string[],
  place: Place,
  program = "conveyor",
  among?: readonly OperationSpec[],
): Promise<ParsedCall> {
  const { own: argv, swallowed } = cutAtSwallowing(spec, typed);
  const operation = selectOperation(spec, argv, among);
  const own = [...operation.flags, ...GLOBAL_FLAGS];
  const foreign = spec.operations.filter((other) => other !== operation).flatMap(({ flags }) => flags);
  // The own flags come last: where a flag of another operation has the same name, the own type counts.
  const rest = operation.arguments.find((argument) => argument.rest !== undefined);
  const given =
    rest?.rest === undefined
      ? splitArguments(argv, [...foreign, ...own])
      : splitRest(argv, own, rest.rest, operation.arguments.length - 1);
  if (operation.action !== undefined) {
    const word = given.positionals.shift();
    if (word === undefined || !isWordOf(operation, word)) throw noSuchWord(spec, String(word));
  }
  const reader = new Reader(spec, operation, own, { cwd: place.cwd, home: place.home, program });
  for (const { name, value } of given.flags) await reader.flag(name, value);
  reader.positionals(given);
  const call = reader.finish();
  return swallowed === undefined ? call : { ...call, input: { ...call.input, [swallowed.field]: swallowed.values } };
}

class Reader {
  readonly #spec: CommandSpec;
  readonly #operation: OperationSpec;
  readonly #place: Place & { program: string };
  readonly #flags = new Map<string, FlagSpec>();
  readonly #seen = new Set<FlagSpec>();
  readonly #input: Record<string, unknown> = {};
  readonly #stdin = new Map<string, ParsedCall["stdin"][number]>();
  #ledger: string | undefined;
  #server: string | undefined;
  #fields: readonly string[] | undefined;

  constructor(
    spec: CommandSpec,
    operation: OperationSpec,
    flags: readonly FlagSpec[],
    place: Place & { program: string },
  ) {
    this.#spec = spec;
    this.#operation = operation;
    this.#place = place;
    for (const flag of flags) for (const name of [flag.flag, ...(flag.aliases ?? [])]) this.#flags.set(name, flag);
  }

  async flag(name: string, text: string | null): Promise<void> {
    const flag = this.#flags.get(name);
    if (flag === undefined) {
      if (text === null && this.#negate(name)) return;
      throw await unknownFlag(this.#spec, this.#operation, name, this.#place.program);
    }
    if (flag.once && this.#seen.has(flag)) throw usageError(`--${flag.flag} may be given only once`);
    this.#seen.add(flag);
    if (GLOBAL_FLAGS.includes(flag)) return this.#global(flag, text);
    if (flag.field !== null) this.#set(flag, flag.field, `--${name}`, text);
    else if (text !== null) readValue(flag, `--${name}`, text, this.#place);
  }

  positionals({ positionals }: Given): void {
    const left = [...positionals];
    for (const argument of this.#operation.arguments) {
      const label = `<${argument.placeholder}>`;
      const count = argument.repeatable ? left.length : Math.min(1, left.length);
      for (const text of left.splice(0, count)) this.#set(argument, argument.field as string, label, text);
    }
    const surplus = left[0];
    if (surplus === undefined) return;
    const name = operationWords(this.#spec, this.#operation);
    throw usageError(`${name} takes no further argument: ${quote(surplus)}`, this.#usage());
  }

  finish(): ParsedCall {
    for (const { field, caller_folder } of [...this.#operation.flags, ...this.#operation.arguments]) {
      if (caller_folder && field !== null) this.#input[field] ??= this.#place.cwd;
    }
    for (const flag of this.#operation.flags) this.#readsStdin(flag);
    for (const flag of this.#operation.flags) this.#require(flag, `--${flag.flag}`, !takesValue(flag));
    for (const argument of this.#operation.arguments) this.#require(argument, `<${argument.placeholder}>`, false);
    const wants = (flag: string) => [...this.#seen].some((seen) => seen.flag === flag && GLOBAL_FLAGS.includes(seen));
    if (wants("json") && wants("human")) throw usageError("--json and --human cannot be used together");
    if (wants("fields") && wants("human")) throw usageError("--fields and --human cannot be used together");
    return {
      operation: this.#operation,
      input: this.#input,
      stdin: [...this.#stdin.values()],
      ledger: this.#ledger,
      server: this.#server,
      output: wants("json") ? "json" : wants("human") ? "human" : "default",
      fields: this.#fields,
      quiet: wants("quiet"),
    };
  }

  /** A value that is taken from standard input when nothing else says what it is. */
  #readsStdin({ field, flag, stdin_unless }: FlagSpec): void {
    if (field === null || stdin_unless === undefined || this.#stdin.has(field)) return;
    if ([field, ...stdin_unless].some((own) => own in this.#input)) return;
    this.#stdin.set(field, { field, as: "text", label: `--${flag}` });
  }

  #require(spec: ValueSpec, label: string, isSwitch: boolean): void {
    if (!spec.required || spec.field === null || spec.field in this.#input || this.#stdin.has(spec.field)) return;
    const shown = isSwitch || label.startsWith("<") ? label : `${label} <${spec.placeholder}>`;
    throw usageError(`${operationWords(this.#spec, this.#operation)} needs ${shown}`, this.#usage(), {
      missing: label,
    });
  }

  #usage(): string {
    return `usage: ${this.#place.program} ${usageOf(this.#spec, this.#operation)}`;
  }

  #set(spec: ValueSpec, field: string, label: string, text: string | null): void {
    if (spec.from_stdin) {
      if (text !== null && !readValue(spec, label, text, this.#place)) return;
      this.#stdin.set(field, { field, as: spec.from_stdin === "text" ? "text" : "json", label });
      return;
    }
    if (spec.dash_reads_stdin && text === "-") {
      this.#stdin.set(field, { field, as: spec.type === "json" ? "json" : "text", label });
      return;
    }
    const value = text === null ? true : readValue(spec, label, text, this.#place);
    this.#input[field] = spec.repeatable ? [...((this.#input[field] as unknown[]) ?? []), value] : value;
    this.#stdin.delete(field);
  }

  /** `--no-x` turns a switch off that is on unless told otherwise. */
  #negate(name: string): boolean {
    const flag = name.startsWith("no-") ? this.#flags.get(name.slice(3)) : undefined;
    if (flag?.type !== "boolean" || flag.default !== true || flag.field === null) return false;
    this.#input[flag.field] = false;
    return true;
  }

  #global(flag: FlagSpec, text: string | null): void {
    if (flag.type === "boolean" && text !== null && !readValue(flag, `--${flag.flag}`, text, this.#place)) {
      this.#seen.delete(flag);
      return;
    }
    if (text === "") throw usageError(`--${flag.flag} needs a value`);
    if (flag.flag === "path") this.#ledger = absolutePath(text as string, this.#place);
    if (flag.flag === "server") this.#server = text as string;
    if (flag.flag === "fields") this.#fields = (text as string).split(",").map((field) => field.trim());
  }
}

async function unknownFlag(spec: CommandSpec, operation: OperationSpec, name: string, program: string): Promise<Error> {
  const here = operationWords(spec, operation);
  const sibling = spec.operations.find(({ flags }) => flags.some(({ flag }) => flag === name));
  if (sibling !== undefined) {
    return usageError(`--${name} is a flag of ${operationWords(spec, sibling)}, not of ${here}`, undefined, {
      flag: name,
    });
  }
  const takesIt = [...operation.flags, ...GLOBAL_FLAGS].map(({ flag }) => flag);
  const near = nearest(name, takesIt);
  if (near !== undefined) {
    return usageError(`${here} has no flag --${name}`, `did you mean --${near}?`, { flag: name, nearest: near });
  }
  const { flagOwners } = await import("./generated/flags.ts");
  const owners = Object.hasOwn(flagOwners, name) ? (flagOwners[name] as readonly string[]) : [];
  const elsewhere = owners.length > 0 ? ` (it is a flag of ${owners.slice(0, 3).join(", ")})` : "";
  return usageError(`${here} has no flag --${name}${elsewhere}`, `see \`${program} ${spec.command} --help\``, {
    flag: name,
  });
}

/** The usage line of an operation, as in `bind --task <task> --worker <session> --manager <session>`. */
export function usageOf(spec: CommandSpec, operation: OperationSpec): string {
  const words: string[] = [spec.command];
  if (operation.action !== undefined) words.push(operation.action);
  for (const argument of operation.arguments) {
    const word = `<${argument.placeholder}>${argument.repeatable ? "…" : ""}`;
    words.push(argument.required ? word : `[${word}]`);
  }
  const first = operation.flags.filter(({ flag }) => flag === operation.select);
  const others = operation.flags.filter(({ flag, required }) => flag !== operation.select && required);
  for (const flag of [...first, ...others]) words.push(flagForm(flag));
  if (operation.flags.some((flag) => !first.includes(flag) && !flag.required)) words.push("[flags]");
  return words.join(" ");
}

/** A flag with what stands for its value: `--role <worker|manager>`. */
export function flagForm(flag: FlagSpec): string {
  if (!takesValue(flag)) return `--${flag.flag}`;
  const values = flag.values?.join("|") ?? "";
  const value = values !== "" && values.length <= 40 ? values : flag.placeholder;
  return `--${flag.flag} <${value}>`;
}
