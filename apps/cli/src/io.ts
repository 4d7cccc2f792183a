import { homedir } from "node:os";
import { ConveyorError } from "@conveyor/contracts/errors";
import { STDIN_BYTES } from "@conveyor/contracts/limits";

/** A place to print to. */
export interface OutputStream {
  /** Resolves when the text is handed over; a reader that went away is no error. */
  write(text: string): Promise<void>;
  readonly isTerminal: boolean;
  readonly columns: number;
}

/** Everything outside the program that a command line touches; tests bring their own. */
export interface Io {
  env: Readonly<Record<string, string | undefined>>;
  /** The current folder. Reading it throws `invalid_input` when that was removed. */
  readonly cwd: string;
  /** The home folder. Reading it throws `invalid_input` where there is none. */
  readonly home: string;
  /** The file name that the program was started as. */
  invoked: string;
  stdout: OutputStream;
  stderr: OutputStream;
  /** All of standard input. */
  readStdin(): Promise<string>;
  /** Ask a person yes or no; absent where nobody sits at a terminal. */
  confirm?: ((question: string) => Promise<boolean>) | undefined;
  /** Where a person can be asked more than yes or no; absent where nobody sits at a terminal. */
  prompts?: { input: NodeJS.ReadableStream; output: NodeJS.WritableStream } | undefined;
  /** Give the terminal to another program until it ends, and return its exit code; absent where there is no terminal. */
  takeOver?: ((argv: readonly string[]) => Promise<number>) | undefined;
  /** Aborts when the user interrupts. */
  signal: AbortSignal;
}

/**
 * Output to a stream, which is opened when something is printed or asked of it: that takes its time, and most commands print
 * no error. What cannot be written there any more is an error of the command (`output_failed`), except that a reader that
 * went away has all it wanted; what cannot be written to standard error can be told nowhere.
 */
function outputTo(open: () => NodeJS.WriteStream, name: "standard output" | "standard error"): OutputStream {
  let closed = false;
  let stream: NodeJS.WriteStream | undefined;
  const opened = () => {
    if (stream !== undefined) return stream;
    stream = open();
    // Each write learns of its own failure; without a listener the process would end with a trace.
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") closed = true;
    });
    return stream;
  };
  return {
    get isTerminal() {
      return opened().isTTY === true;
    },
    get columns() {
      return opened().columns || 80;
    },
    write: (text) =>
      new Promise((done, fail) => {
        if (closed || text === "") return done();
        opened().write(text, (error) => {
          const { code } = (error ?? {}) as NodeJS.ErrnoException;
          if (!error || code === "EPIPE" || name === "standard error") done();
          else fail(outputFailed(name, code ?? error.message, error));
        });
      }),
  };
}

function outputFailed(name: string, reason: string, cause: unknown): ConveyorError {
  const what = reason === "ENOSPC" ? "the disk behind it is full" : reason;
  return new ConveyorError("output_failed", `the answer could not be written to ${name}: ${what}`, {
    hint: "the command itself was carried out; look at what it did before you run it again",
    details: { reason },
    cause,
  });
}

async function confirmOnTerminal(question: string): Promise<boolean> {
  const { createInterface } = await import("node:readline/promises");
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await asking.question(`${question} [y/N] `)).trim());
  } finally {
    asking.close();
  }
}

async function runInTerminal([program = "", ...args]: readonly string[]): Promise<number> {
  const { spawn } = await import("node:child_process");
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: "inherit" });
    child.on("error", ({ message }) =>
      reject(new ConveyorError("tool_missing", `${program} does not run: ${message}`, { details: { program } })),
    );
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

function currentFolder(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new ConveyorError("invalid_input", "the current folder does not exist any more", {
      hint: "change to a folder that exists, for instance: cd",
      cause,
    });
  }
}

function homeFolder(): string {
  try {
    return process.env["HOME"] || homedir();
  } catch (cause) {
    throw new ConveyorError("invalid_input", "this user has no home folder", { hint: "set HOME", cause });
  }
}

/** How long an interrupted command may take to leave by itself, in milliseconds. */
const LEAVE_MS = 10_000;

/** Abort on SIGINT and SIGTERM; a second signal, or a command that does not leave, ends the process at once. */
function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  const interrupt = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(130);
    // Who interrupts a command needs no advice.
    controller.abort(new ConveyorError("interrupted", "interrupted", { hint: null, details: { signal } }));
    setTimeout(() => process.exit(130), LEAVE_MS).unref();
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  return controller.signal;
}

/** Throws `invalid_input` as soon as there is more than any input takes. */
async function readAll(stream: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).byteLength;
    if (bytes <= STDIN_BYTES) continue;
    throw new ConveyorError("invalid_input", `standard input holds more than ${STDIN_BYTES / 1024 / 1024} MiB`, {
      hint: "send less at once, or name a file instead",
      details: { max_bytes: STDIN_BYTES },
    });
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The process's own surroundings. */
export function processIo(): Io {
  return {
    env: process.env,
    get cwd() {
      return currentFolder();
    },
    get home() {
      return homeFolder();
    },
    invoked: process.argv[1] ?? "conveyor",
    stdout: outputTo(() => process.stdout, "standard output"),
    stderr: outputTo(() => process.stderr, "standard error"),
    // To look at a stream opens it, which few commands need.
    get confirm() {
      return process.stdin.isTTY && process.stderr.isTTY ? confirmOnTerminal : undefined;
    },
    get prompts() {
      return process.stdin.isTTY && process.stderr.isTTY ? { input: process.stdin, output: process.stderr } : undefined;
    },
    get takeOver() {
      return process.stdin.isTTY && process.stdout.isTTY ? runInTerminal : undefined;
    },
    readStdin: () => readAll(process.stdin),
    signal: interruptSignal(),
  };
}
