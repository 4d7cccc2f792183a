/**
 * The shape of the generated description of every command (`tools/cli/manifest.ts` writes it from the contracts).
 * Plain data: the command line knows its flags without loading a schema.
 */

/** How the text of a value becomes a value. `json` is parsed; everything else that is not listed stays text. */
export type ValueType = "boolean" | "string" | "integer" | "number" | "json";

export interface ValueSpec {
  /** Input field that the value fills; null for a flag that only selects a operation. */
  field: string | null;
  type: ValueType;
  /** The accepted words. */
  values?: readonly string[];
  /** Collects into a list, in the order given. */
  repeatable?: true;
  required?: true;
  default?: unknown;
  help: string;
  placeholder: string;
  /** A file or folder: `~` is expanded and it is made absolute. */
  path?: true;
  /** `-` reads standard input. */
  dash_reads_stdin?: true;
  /** Read from standard input when neither it nor one of these fields is given. */
  stdin_unless?: readonly string[];
  /** The flag takes no value; it announces a JSON document on standard input, or a plain text. */
  from_stdin?: true | "text";
  /** Left out it is the caller's own folder. */
  caller_folder?: true;
  /** Takes what is no flag of the command, and what follows `--`; the flags named here take the next argument along. */
  rest?: readonly string[];
}

export interface FlagSpec extends ValueSpec {
  /** Takes all arguments that follow it. */
  swallows?: true;
  /** Without the leading dashes. */
  flag: string;
  aliases?: readonly string[];
  /** Its one letter. */
  short?: string;
  /** Given twice is an error. */
  once?: true;
}

/** One operation as its command offers it. */
export interface OperationSpec {
  /** Procedure path. */
  path: string;
  kind: "query" | "mutation" | "subscription" | "local";
  ledger: "create" | "write" | "read" | "if_there" | "none";
  prints: "text" | "json" | "lines";
  /** Runs in this process even when a server is there. */
  here?: true;
  /** The word after the command that selects this operation. */
  action?: string;
  /** Further spellings of that word. */
  action_aliases?: readonly string[];
  /** Words that people try in its place. */
  looked_for_as?: readonly string[];
  /** The flag that selects this operation; null for the one that runs otherwise. */
  select: string | null;
  summary: string;
  flags: readonly FlagSpec[];
  arguments: readonly ValueSpec[];
  notes?: string;
  examples?: readonly string[];
}

export interface CommandSpec {
  command: string;
  area: string;
  aliases?: readonly string[];
  operations: readonly OperationSpec[];
}

/** A line of the top help. */
export interface CatalogEntry {
  command: string;
  area: string;
  summary: string;
  aliases?: readonly string[];
  /** How its further forms are written behind its name: `retry`, `--create`. */
  forms?: readonly string[];
}

/** A command under a short word that brings flags along. */
export interface ShorthandSpec {
  command: string;
  words: readonly string[];
  summary: string;
}

/** Flags that every command takes, beside its own. */
export const GLOBAL_FLAGS: readonly FlagSpec[] = [
  {
    flag: "path",
    field: null,
    type: "string",
    path: true,
    placeholder: "file",
    help: "ledger file (default: workerctl.db in the nearest .codex-workers)",
  },
  { flag: "json", field: null, type: "boolean", placeholder: "", help: "print JSON; errors are JSON on stderr" },
  { flag: "human", field: null, type: "boolean", placeholder: "", help: "print readable text where JSON is the habit" },
  {
    flag: "server",
    field: null,
    type: "string",
    placeholder: "url",
    help: "use this server (default: CONVEYOR_SERVER, else the one of the ledger, else none)",
  },
  {
    flag: "fields",
    field: null,
    type: "string",
    placeholder: "a,b.c",
    help: "print only these fields of every row, one JSON document per line",
  },
  { flag: "quiet", field: null, type: "boolean", placeholder: "", help: "no notes beside the answer", short: "q" },
  { flag: "help", field: null, type: "boolean", placeholder: "", help: "show this help; also -h" },
];
