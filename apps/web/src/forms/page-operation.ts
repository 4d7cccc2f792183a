/**
 * An operation as the page offers it, written from the contracts by `tools/cli/page-operations.ts`: plain data, so that a
 * form and a command line can be made of it without a schema.
 */
export interface PageOperation {
  /** Procedure path. */
  path: string;
  area: string;
  kind: "query" | "mutation";
  /** How it is typed: the command, the word behind it, and the flag that selects it. */
  command: string;
  action: string | null;
  select: string | null;
  summary: string;
  fields: readonly PageField[];
}

/** One field of its input. */
export interface PageField {
  /** Null for a flag that only selects the operation. */
  field: string | null;
  /** Without the leading dashes; null for an argument that stands alone. */
  flag: string | null;
  type: "boolean" | "string" | "integer" | "number" | "json";
  values?: readonly string[];
  repeatable?: true;
  required?: true;
  default?: unknown;
  help: string;
  placeholder: string;
  /** A file or folder of the machine that the server runs on, from its root. */
  path?: true;
  /** Left out on the command line it is the caller's own folder. */
  caller_folder?: true;
  /** The words of a command, which stand behind a double dash. */
  rest?: true;
  /** Its flag takes all arguments behind it. */
  swallows?: true;
}

/** What a form gives to an operation. */
export type PageInput = Readonly<Record<string, unknown>>;
