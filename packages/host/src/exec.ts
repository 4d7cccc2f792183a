import { type ChildProcess, spawn } from "node:child_process";
import { stat } from "node:fs/promises";
import type { Env } from "@conveyor/contracts/env";
import { ConveyorError } from "@conveyor/contracts/errors";

/** Limit of one subprocess when the caller gives none (spec 01 §5.5). */
export const DEFAULT_TIME_LIMIT_MS = 5_000;
/** How much of stdout, and of stderr, is kept when the caller says nothing. */
export const DEFAULT_MAX_OUTPUT_BYTES = 4 * 1024 * 1024;
/** How long a program that exceeded its limit may take to end by itself before it is killed. */
const GRACE_MS = 250;

export interface ExecOptions {
  /** Written to stdin, which is then closed. Without it stdin is empty. */
  input?: string | Uint8Array | undefined;
  time_limit_ms?: number | undefined;
  /** Limit of stdout and of stderr each; what comes after is read and dropped. */
  max_output_bytes?: number | undefined;
  cwd?: string | undefined;
  /** The whole environment of the program; its PATH also finds the program. Default: ours. */
  env?: Env | undefined;
  signal?: AbortSignal | undefined;
}

export interface ExecResult {
  /** Null when a signal ended the program. */
  exit_code: number | null;
  exit_signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** Whether stdout or stderr was longer than the limit and lost its end. */
  truncated: boolean;
}

const DENIAL = /operation not permitted|permission denied|not authori[sz]ed/i;

/** Whether a program's complaint says that the operating system or a sandbox refused it (spec 01 §5.5). */
export function isHostDenial(text: string): boolean {
  return DENIAL.test(text);
}

/**
 * Run a program by argv, never through a shell. Any exit code is a result, not an error.
 *
 * Throws `tool_missing` (no such program), `host_denied` (not allowed to start it), `timeout` (time limit; the program
 * and what it started in its process group are ended), `interrupted` (aborted, ended likewise), `invalid_input`
 * (impossible arguments or working directory), `side_effect_failed` (the system could not start it).
 * No error contains the arguments: they may be content.
 */
export async function exec(argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
  const [program, ...args] = argv;
  if (!program) throw new ConveyorError("invalid_input", "no program to run");
  if (options.signal?.aborted) throw interruptedError(program);
  try {
    return await runChild(program, args, options);
  } catch (thrown) {
    if (thrown instanceof ConveyorError) throw thrown;
    throw await spawnError(program, thrown, options.cwd);
  }
}

/**
 * Like `exec`, but an exit code other than 0 is an error too: `host_denied` when the program's complaint says so, else
 * `side_effect_failed` with the last line of its stderr.
 */
export async function execChecked(argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
  const result = await exec(argv, options);
  if (result.exit_code === 0) return result;
  const program = argv[0] ?? "";
  const complaint = result.stderr.trim().split("\n").at(-1) ?? "";
  if (isHostDenial(result.stderr)) throw deniedError(program, complaint);
  const ending = result.exit_signal
    ? `was ended by ${result.exit_signal}`
    : `failed with exit code ${result.exit_code}`;
  throw new ConveyorError("side_effect_failed", `${program} ${ending}${complaint ? `: ${complaint}` : ""}`, {
    details: { program, exit_code_of_program: result.exit_code, exit_signal: result.exit_signal },
  });
}

function runChild(program: string, args: string[], options: ExecOptions): Promise<ExecResult> {
  const timeLimit = options.time_limit_ms ?? DEFAULT_TIME_LIMIT_MS;
  const maxBytes = options.max_output_bytes ?? DEFAULT_MAX_OUTPUT_BYTES;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env as NodeJS.ProcessEnv | undefined,
      stdio: "pipe",
      // Its own process group, so that a time-out also ends what the program has started.
      detached: true,
    });
    const stdout = new BoundedOutput(maxBytes);
    const stderr = new BoundedOutput(maxBytes);
    let failure: ConveyorError | undefined;
    let killTimer: NodeJS.Timeout | undefined;

    const settle = () => {
      clearTimeout(limitTimer);
      clearTimeout(killTimer);
      options.signal?.removeEventListener("abort", onAbort);
      // Without a free file descriptor a child has no streams at all.
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
    };
    const finish = () => {
      settle();
      if (failure) return reject(failure);
      resolve({
        exit_code: child.exitCode,
        exit_signal: child.signalCode,
        stdout: stdout.text(),
        stderr: stderr.text(),
        truncated: stdout.truncated || stderr.truncated,
      });
    };
    const end = (reason: ConveyorError) => {
      // The program itself is done and only something it left behind still holds the pipes: what was read is the result.
      if (child.exitCode !== null || child.signalCode !== null) return finish();
      failure ??= reason;
      signalGroup(child, "SIGTERM");
      killTimer ??= setTimeout(() => {
        signalGroup(child, "SIGKILL");
        finish();
      }, GRACE_MS);
    };
    const onAbort = () => end(interruptedError(program));
    const limitTimer = setTimeout(() => end(timeoutError(program, timeLimit)), timeLimit);
    options.signal?.addEventListener("abort", onAbort, { once: true });

    child.on("error", (error) => {
      settle();
      reject(failure ?? error);
    });
    child.on("close", finish);
    child.stdout?.on("data", (chunk: Buffer) => stdout.add(chunk));
    child.stderr?.on("data", (chunk: Buffer) => stderr.add(chunk));
    // A program may end without reading its input; its exit code tells whether that mattered.
    child.stdin?.on("error", () => {});
    child.stdin?.end(options.input ?? "");
  });
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Already gone, which is what was wanted.
  }
}

class BoundedOutput {
  readonly #chunks: Buffer[] = [];
  #room: number;
  truncated = false;

  constructor(maxBytes: number) {
    this.#room = maxBytes;
  }

  add(chunk: Buffer): void {
    if (chunk.length > this.#room) this.truncated = true;
    const kept = chunk.subarray(0, this.#room);
    this.#room -= kept.length;
    if (kept.length > 0) this.#chunks.push(kept);
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString("utf8");
  }
}

async function spawnError(program: string, thrown: unknown, cwd: string | undefined): Promise<ConveyorError> {
  const code = (thrown as NodeJS.ErrnoException).code;
  if (code === "ENOENT" || code === "ENOTDIR") {
    // The system reports a missing working directory exactly as it reports a missing program.
    const directory = cwd === undefined ? undefined : await stat(cwd).catch(() => undefined);
    if (cwd !== undefined && !directory?.isDirectory()) {
      return new ConveyorError("invalid_input", `not a directory: ${cwd}`, { details: { cwd }, cause: thrown });
    }
    return new ConveyorError("tool_missing", `${program} is not installed or not on PATH`, {
      hint: `install ${program}, or add its folder to PATH`,
      details: { program },
      cause: thrown,
    });
  }
  if (code === "EACCES" || code === "EPERM") return deniedError(program, String(code), thrown);
  if (code === "E2BIG" || code === "ERR_INVALID_ARG_VALUE") {
    return new ConveyorError("invalid_input", `${program} cannot be given these arguments (${code})`, {
      details: { program },
      cause: thrown,
    });
  }
  return new ConveyorError("side_effect_failed", `${program} could not be started (${code ?? "unknown reason"})`, {
    details: { program },
    cause: thrown,
  });
}

function timeoutError(program: string, timeLimit: number): ConveyorError {
  return new ConveyorError("timeout", `${program} did not finish within ${timeLimit} ms`, {
    details: { program, time_limit_ms: timeLimit },
  });
}

function interruptedError(program: string): ConveyorError {
  return new ConveyorError("interrupted", `${program} was interrupted`, { details: { program } });
}

function deniedError(program: string, complaint: string, cause?: unknown): ConveyorError {
  return new ConveyorError("host_denied", `the operating system or a sandbox denies ${program}: ${complaint}`, {
    hint: "run it from a terminal outside the sandbox, or grant the permission it names",
    details: { program },
    cause,
  });
}
