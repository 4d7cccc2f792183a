import { z } from "zod";
import { type DeclaredCode, isGivenAnywhere } from "./refusals.ts";

/**
 * How one input field appears on the command line. Everything else (type, default, help) is read from its schema;
 * a field without this metadata becomes `--kebab-case-of-its-name`.
 */
export interface FieldCli {
  /** Flag name when it is not the kebab-case of the field, e.g. `create` for the field `name` of `tasks.create`. */
  flag?: string;
  /** Further accepted spellings of the flag. */
  aliases?: readonly string[];
  /** A switch's one letter: `-a`. */
  short?: string;
  /** The field is a positional argument at this place, counted from 0. */
  position?: number;
  /** A file or folder name: `~` is expanded and it is made absolute against the caller's folder, also for a remote server. */
  path?: true;
  /** `-` as value reads standard input. */
  dash_reads_stdin?: true;
  /** Read from standard input when neither the field itself nor one of these is given. */
  stdin_unless?: readonly string[];
  /** The field is the JSON document, or the plain text, on standard input, announced by `--from-stdin`. */
  from_stdin?: true | "text";
  /** The value is JSON text on the command line and an object in the input. */
  json?: true;
  /** Given twice is an error instead of "the last one wins". */
  once?: true;
  /** What stands for the value in help; default by type. */
  placeholder?: string;
  /** Left out it is the caller's own folder. */
  caller_folder?: true;
  /**
   * The list of all arguments that are no flag of the command, as they are, and of all that follow `--`. Each flag named
   * here takes the argument after it along.
   */
  rest?: readonly string[];
  /** The flag takes all arguments that follow it, as they are; it is the last one of ours. */
  swallows?: true;
  /** Filled by the program, not offered on the command line. */
  hidden?: true;
}

const fieldRegistry = z.registry<FieldCli>();

/** Attach command-line metadata to an input field. */
export function cli<S extends z.ZodType>(schema: S, meta: FieldCli): S {
  // A registered schema is remembered by identity, so two fields that share one schema object must not share metadata.
  const own = schema.meta({ ...schema.meta() }) as S;
  fieldRegistry.add(own, meta);
  return own;
}

/** The command-line metadata of a field, looking through `.optional()`, `.default()` and the like. */
export function fieldCliOf(schema: z.ZodType): FieldCli {
  let current: z.ZodType | undefined = schema;
  while (current !== undefined) {
    const found = fieldRegistry.get(current);
    if (found !== undefined) return found;
    const def = current.def as { innerType?: z.ZodType; in?: z.ZodType };
    current = def.innerType ?? def.in;
  }
  return {};
}

/** `subscription` streams; `local` runs in the command-line process only and has no procedure (`serve`, `completions`). */
export type OperationKind = "query" | "mutation" | "subscription" | "local";

export interface OperationCli {
  /** The command as typed. Several operations may share one command; `action` and `select` then decide. */
  command: string;
  /** Its place among the operations of its area in help and reference, lowest first; those without one come last, by name. */
  place?: number;
  /** The word after the command that selects this operation, as in `commands retry`. Absent: the one that runs without. */
  action?: string;
  /** Further spellings of that word. */
  action_aliases?: readonly string[];
  /** Words that people try after the command in its place; what they look for is shown by this one. */
  looked_for_as?: readonly string[];
  /** The flag whose presence selects this operation among those that share command and word. Absent: the one that runs otherwise. */
  select?: string;
  /** Further names of the command. */
  aliases?: readonly string[];
  /** A short word of every day for this operation (spec 10.3). */
  shorthand?: Shorthand;
  /** What is printed without `--json`: `text` (a renderer), `json`, or `lines` (one compact document per line). */
  prints: "text" | "json" | "lines";
  /** Always runs in the caller's own process, because it describes or occupies it (`doctor`, `dispatch --watch`). */
  here?: true;
  /** Longer help under the flags. */
  notes?: string;
  examples?: readonly string[];
}

/** Another name of an operation on the command line, which brings flags along: `down` is `serve --stop`. */
export interface Shorthand {
  name: string;
  /** What stands before the arguments that are given: flags, or the word that selects the operation. */
  words: readonly string[];
  /** Its line in the help of all commands. */
  summary: string;
}

/**
 * `create` makes a ledger where there is none: only what begins something does. `write` changes what is in one and `read`
 * looks at it; both say that there is none. `if_there` looks at one where there is one, `none` needs none (spec 00, The ledger; spec 01 §4.4).
 */
export type LedgerUse = "create" | "write" | "read" | "if_there" | "none";

export interface Operation<
  Kind extends OperationKind = OperationKind,
  Input extends z.ZodObject = z.ZodObject,
  Output extends z.ZodType = z.ZodType,
> {
  /** Procedure path `<area>.<name>`. */
  path: string;
  kind: Kind;
  summary: string;
  ledger: LedgerUse;
  /**
   * The answer is meant for the one who asks and shows its content without a flag: an inbox, what a cycle saw, the answer
   * of the command that wrote the text. Elsewhere what is marked with `content()` is hidden (spec 07 §7.7.1).
   */
  shows_content?: true;
  cli: OperationCli;
  input: Input;
  output: Output;
  /** The codes with which it may refuse or fail, besides those that any operation may give (refusals.ts). */
  refuses?: readonly DeclaredCode[];
}

export type AnyOperation = Operation<OperationKind, z.ZodObject, z.ZodType>;

/** Declare one operation; the registry, the router, the SDK, the CLI and the reference all derive from it. */
export function operation<const Kind extends OperationKind, Input extends z.ZodObject, Output extends z.ZodType>(
  declared: Operation<Kind, Input, Output>,
): Operation<Kind, Input, Output> {
  return declared;
}

/** Whether an operation may give this code: because it declares it, or because any may. */
export function mayGive({ refuses = [] }: Pick<AnyOperation, "refuses">, code: string): boolean {
  return isGivenAnywhere(code) || (refuses as readonly string[]).includes(code);
}

/** What a core function of this operation receives: the validated input, defaults filled in. */
export type InputOf<Op extends { input: z.ZodType }> = z.output<Op["input"]>;
/** What a caller passes: fields with a default may be left out. */
export type CallOf<Op extends { input: z.ZodType }> = z.input<Op["input"]>;
/** What it answers; of a subscription: one item. */
export type OutputOf<Op extends { output: z.ZodType }> = z.output<Op["output"]>;
