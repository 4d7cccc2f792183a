import { nativeModuleTrouble } from "./native-module.ts";

/**
 * The one error of Conveyor. It stands in a module without zod so that the thin command-line path can map
 * errors to exit codes without loading the schemas.
 */

/** Codes that end a command with exit code 1: something was refused by a gate, or really tried and failed (spec 01 §4.5). */
const EXIT_1_CODES: ReadonlySet<string> = new Set([
  "gate_failed",
  "permission_denied",
  "side_effect_failed",
  "timeout",
  "pane_not_ready",
  "composer_not_empty",
  "pane_busy",
  "pane_synchronized",
  "agent_gone",
  "nothing_to_interrupt",
  "tmux_timeout",
]);

/** Codes with a meaning shared by all areas; chapters add narrower ones (spec 01 §4.5). */
export const SHARED_ERROR_CODES = [
  "usage",
  "invalid_input",
  "not_found",
  "conflict",
  "terminal_state",
  "gate_failed",
  "permission_denied",
  "tool_missing",
  "host_denied",
  "side_effect_failed",
  "timeout",
  "ambiguous",
  "precondition_failed",
  "ledger_missing",
  "ledger_unsupported",
  "ledger_invalid",
  "ledger_busy",
  "unsupported_platform",
  "interrupted",
  "too_large",
  "unauthorized",
  "server_unreachable",
  "internal",
] as const;

export type SharedErrorCode = (typeof SHARED_ERROR_CODES)[number];

/** What an error looks like on the wire and on stderr with `--json` (spec 00, Output). */
export interface ErrorBody {
  code: string;
  message: string;
  hint: string | null;
  details: Record<string, unknown>;
}

export interface ErrorOptions {
  /** What the user can do next, as one sentence or command. */
  hint?: string | undefined;
  details?: Record<string, unknown> | undefined;
  cause?: unknown;
}

/** A built program consists of several files, each with its own copy of this class; the brand tells one for all of them. */
const BRAND = Symbol.for("conveyor.error");

/**
 * Every refusal and failure that a user can meet. `message` says what was wrong in the user's own names, `hint`
 * what to do next; `code` is stable and listed in the reference.
 */
export class ConveyorError extends Error {
  override readonly name = "ConveyorError";
  readonly code: SharedErrorCode | (string & {});
  readonly hint: string | null;
  readonly details: Record<string, unknown>;

  constructor(code: SharedErrorCode | (string & {}), message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? null;
    this.details = options.details ?? {};
    // Not enumerable, so that printing and comparing errors does not show it.
    Object.defineProperty(this, BRAND, { value: true });
  }

  toBody(): ErrorBody {
    return { code: this.code, message: this.message, hint: this.hint, details: this.details };
  }

  static fromBody(body: ErrorBody): ConveyorError {
    return new ConveyorError(body.code, body.message, { hint: body.hint ?? undefined, details: body.details });
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

/** The process exit code of an error: 1 for refusals and failed side effects, 130 when interrupted, else 2 (spec 00). */
export function exitCodeOf(body: Pick<ErrorBody, "code" | "details">): 1 | 2 | 130 {
  if (body.code === "interrupted") return 130;
  return EXIT_1_CODES.has(body.code) || body.details["exit_code"] === 1 ? 1 : 2;
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
    hint: "run it again with CONVEYOR_DEBUG=1 to see where, and report it",
    cause,
  });
}

/** What the operating system says when a file, a folder or the machine is not as it should be, and what helps. */
const MACHINE_TROUBLE: readonly { code: SharedErrorCode; hint: string; errno: readonly string[] }[] = [
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

/** Turn anything thrown into a ConveyorError, keeping one that already is. */
export function asConveyorError(thrown: unknown): ConveyorError {
  return thrown instanceof ConveyorError ? thrown : (machineTrouble(thrown) ?? internalError(thrown));
}
