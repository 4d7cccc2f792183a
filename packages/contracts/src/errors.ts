import { nativeModuleTrouble } from "./native-module.ts";
import { type RefusalCode, refusalOf } from "./refusals.ts";

/**
 * The one error of Conveyor. It stands in a module without zod so that the thin command-line path can map
 * errors to exit codes without loading the schemas.
 */

/** What an error looks like on the wire and on stderr with `--json` (spec 00, Output). */
export interface ErrorBody {
  code: string;
  message: string;
  hint: string | null;
  details: Record<string, unknown>;
}

export interface ErrorOptions {
  /** What the user can do next, as one sentence or command; left out it is the one of the code, null is none. */
  hint?: string | null | undefined;
  details?: Record<string, unknown> | undefined;
  cause?: unknown;
}

/** A built program consists of several files, each with its own copy of this class; the brand tells one for all of them. */
const BRAND = Symbol.for("conveyor.error");

/**
 * Every refusal and failure that a user can meet. `message` says what was wrong in the user's own names, `hint`
 * what to do next; `code` is stable and a row of the table in refusals.ts.
 */
export class ConveyorError extends Error {
  override readonly name = "ConveyorError";
  /** From a server of another version it may also be one that this version does not know, which then equals none of them. */
  readonly code: RefusalCode;
  readonly hint: string | null;
  readonly details: Record<string, unknown>;

  constructor(code: RefusalCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint === undefined ? (refusalOf(code)?.hint ?? null) : options.hint;
    this.details = options.details ?? {};
    // Not enumerable, so that printing and comparing errors does not show it.
    Object.defineProperty(this, BRAND, { value: true });
  }

  toBody(): ErrorBody {
    return { code: this.code, message: this.message, hint: this.hint, details: this.details };
  }

  /** The error that another process told, which may be of another version: whatever its code is, it stays. */
  static fromBody({ code, message, hint, details }: ErrorBody): ConveyorError {
    return new ConveyorError(code as RefusalCode, message, { hint, details });
  }
}

// Node prints an error that nobody catches under the name of its class, which a bundler may have changed.
Object.defineProperty(ConveyorError, "name", { value: "ConveyorError" });
Object.defineProperty(ConveyorError, Symbol.hasInstance, {
  value(this: unknown, value: unknown): boolean {
    if (this !== ConveyorError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === "object" && value !== null && BRAND in value;
  },
});

/** The hint of the place that raised the error; undefined where it left that to the code. */
export function ownHint({ code, hint }: ConveyorError): string | undefined {
  return hint === null || hint === refusalOf(code)?.hint ? undefined : hint;
}

/** The process exit code of an error (spec 00); 2 for a code that this version does not know. */
export function exitCodeOf({ code }: Pick<ErrorBody, "code">): 1 | 2 | 130 {
  return refusalOf(code)?.exit ?? 2;
}

/** The error a caller sees for something that nobody foresaw; the original stays as `cause` for debugging. */
export function internalError(cause: unknown): ConveyorError {
  const trouble = nativeModuleTrouble(cause);
  if (trouble !== undefined) {
    const { message, hint, details } = trouble;
    return new ConveyorError("native_module_unusable", message, { hint, details, cause });
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ConveyorError("internal", `something unexpected went wrong: ${reason.split("\n", 1)[0]}`, {
    cause,
  });
}

/** What the operating system says when a file, a folder or the machine is not as it should be, and what helps. */
const MACHINE_TROUBLE: readonly { code: RefusalCode; hint: string; errno: readonly string[] }[] = [
  {
    code: "host_denied",
    hint: "check who owns it and what its permissions are",
    errno: ["EACCES", "EPERM", "EROFS"],
  },
  {
    code: "precondition_failed",
    hint: "free some space or memory, or end some programs, then try again",
    errno: ["ENOSPC", "EDQUOT", "EMFILE", "ENFILE", "ENOMEM", "EIO"],
  },
  {
    code: "precondition_failed",
    hint: "look at what stands at that path, or name another",
    errno: [
      ...["ENOENT", "ENOTDIR", "EISDIR", "ELOOP", "ENAMETOOLONG", "ENXIO", "ENODEV", "EEXIST", "ENOTEMPTY"],
      ...["EFBIG", "EXDEV", "ETXTBSY", "EBUSY", "EINVAL"],
    ],
  },
];

/** A refusal of the operating system, which no caller has put into words; undefined for any other error. */
function machineTrouble(thrown: unknown): ConveyorError | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const { code, syscall } = thrown as Error & { code?: string; syscall?: string };
  if (code === undefined || syscall === undefined) return undefined;
  const known = MACHINE_TROUBLE.find(({ errno }) => errno.includes(code));
  return (
    known &&
    new ConveyorError(known.code, thrown.message, { hint: known.hint, details: { errno: code }, cause: thrown })
  );
}

/** What Node throws where something was waited for until its signal aborted; undefined for any other error. */
function interruption(thrown: unknown): ConveyorError | undefined {
  if (!(thrown instanceof Error) || thrown.name !== "AbortError") return undefined;
  return thrown.cause instanceof ConveyorError
    ? thrown.cause
    : new ConveyorError("interrupted", "it was interrupted", { cause: thrown });
}

/** Turn anything thrown into a ConveyorError, keeping one that already is. */
export function asConveyorError(thrown: unknown): ConveyorError {
  if (thrown instanceof ConveyorError) return thrown;
  return interruption(thrown) ?? machineTrouble(thrown) ?? internalError(thrown);
}
