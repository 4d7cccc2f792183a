import { ConveyorError } from "@conveyor/contracts/errors";
import { STDIN_BYTES } from "@conveyor/contracts/limits";

/** A place to print to. */
export interface Output {
  /** Resolves when the text is handed over; a reader that went away is no error. */
  write(text: string): Promise<void>;
  isTerminal: boolean;
  columns: number;
}

/** Everything outside the program that a command line touches; tests bring their own. */
export interface Io {
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  home: string;
  /** The file name that the program was started as. */
  invoked: string;
  stdout: Output;
  stderr: Output;
  /** All of standard input. */
  readStdin(): Promise<string>;
  /** Aborts when the user interrupts. */
  signal: AbortSignal;
}

function outputTo(stream: NodeJS.WriteStream): Output {
  let closed = false;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    closed = true;
  });
  return {
    isTerminal: stream.isTTY === true,
    columns: stream.columns || 80,
    write: (text) =>
      new Promise((done) => {
        if (closed || text === "") return done();
        stream.write(text, () => done());
      }),
  };
}

/** How long an interrupted command may take to leave by itself, in milliseconds. */
const LEAVE_MS = 10_000;

/** Abort on SIGINT and SIGTERM; a second signal, or a command that does not leave, ends the process at once. */
function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  const interrupt = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new ConveyorError("interrupted", "interrupted", { details: { signal } }));
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
    cwd: process.cwd(),
    home: process.env["HOME"] ?? "/",
    invoked: process.argv[1] ?? "conveyor",
    stdout: outputTo(process.stdout),
    stderr: outputTo(process.stderr),
    readStdin: () => readAll(process.stdin),
    signal: interruptSignal(),
  };
}
