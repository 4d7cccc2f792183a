import { ConveyorError } from "@conveyor/contracts/errors";
import type { CallReply, RouterCall } from "@conveyor/router";

export type { RouterCall } from "@conveyor/router";

/** Version of this language. A server that speaks another one is passed over. */
export const PROTOCOL = 1;
/**
 * Longest call that a server reads, in bytes, over a socket, HTTP or a WebSocket alike: the largest input that any
 * operation takes, with all of it escaped (spec 00, ruling 10).
 */
export const MAX_REQUEST_BYTES = 16 * 1024 * 1024;
/** Longest answer that a server gives and a client reads, in bytes. A server refuses a longer one with `too_large`. */
export const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** How long an aborted call may still take to hand over its answer, in milliseconds. */
export const ABORT_GRACE_MS = 3000;

/** What belongs to the caller and not to the server: commands in answers and the agents' home depend on it. */
export interface Caller {
  /** The caller's Codex home folder. */
  codex_home: string;
  /** How commands inside output begin (spec 01 §4.8). */
  program: string;
  /** The thread of the agent that runs the caller; left out where a person does. */
  thread_id?: string | undefined;
}

/** First frame of a client. `version` and `ledger_path` say whom it wants to reach; a status probe leaves them out. */
export interface Hello {
  hello: {
    protocol: number;
    version?: string | undefined;
    ledger_path?: string | undefined;
    caller?: Caller | undefined;
  };
}

/** First frame of a server: who it is, or why it will not serve this client. Nothing was run before it. */
export type Welcome =
  | { welcome: { pid: number; version: string; ledger_path: string } }
  | { refused: "protocol" | "version" | "ledger" | "busy" };

/** What a client sends after its hello. `id` is the client's own number of the call; `progress` asks to be told on the way. */
export type Request =
  | (RouterCall & { id: number; progress?: true })
  | { id: number; abort: true }
  | { id: number; stop_server: true };

/**
 * What one call is answered with. A subscription has any number of events before its `done`. `shutdown`: the server is
 * going away while the call runs; `refused`: it was already going away and did not begin the call.
 */
export type AnswerFrame = CallReply | { done: "end" | "shutdown" | "refused" };

/** `progress` is what a running call tells before its answer, when it was asked to. */
export type Reply = (AnswerFrame | { progress: unknown }) & { id: number };

/**
 * The server is going away: a client sends nothing more and hangs up once its calls are answered. The server waits for
 * that a moment, so that no call is lost on the way.
 */
export interface Bye {
  bye: true;
}

/** One line of the wire. */
export function encodeFrame(frame: Hello | Welcome | Request | Reply | Bye): string {
  return `${JSON.stringify(frame)}\n`;
}

/** An answer that a client can read, unchanged. Throws `too_large` for one that is longer. */
export function withinAnswerLimit(text: string, most_bytes: number = MAX_ANSWER_BYTES): string {
  if (isWithin(text, most_bytes)) return text;
  throw answerTooLarge(most_bytes);
}

/** The error in the place of an answer that nobody could read. */
export function answerTooLarge(most_bytes: number): ConveyorError {
  return new ConveyorError("too_large", `the answer is longer than ${most_bytes} bytes`, {
    hint: "ask for less at once: a lower --limit, fewer fields, one thing by name",
    details: { most_bytes },
  });
}

/** A call that a server reads, unchanged. Throws `too_large` for one that is longer; nothing was run. */
export function withinRequestLimit(text: string): string {
  if (isWithin(text, MAX_REQUEST_BYTES)) return text;
  throw new ConveyorError("too_large", `the call is longer than ${MAX_REQUEST_BYTES} bytes`, {
    hint: "send less at once, or name a file instead",
    details: { most_bytes: MAX_REQUEST_BYTES },
  });
}

function isWithin(text: string, most_bytes: number): boolean {
  // No character takes more than three bytes for each of its units, so most texts need not be measured.
  return text.length * 3 <= most_bytes || Buffer.byteLength(text) <= most_bytes;
}

/** A frame that is too long or no JSON object: the other side is no Conveyor, or broken. */
export class FrameError extends Error {}

/** Cuts a byte stream into frames. Keeps at most `maxBytes` of an unfinished line. */
export class FrameReader {
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #bytes = 0;

  constructor(maxBytes: number = MAX_ANSWER_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** The frames that this chunk completes, in order. Throws `FrameError`. */
  *push(chunk: Buffer): Generator<Record<string, unknown>> {
    let rest = chunk;
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      this.#keep(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
      const line = Buffer.concat(this.#parts, this.#bytes).toString("utf8");
      this.#parts = [];
      this.#bytes = 0;
      if (line !== "") yield parseFrame(line);
    }
    if (rest.length > 0) this.#keep(rest);
  }

  #keep(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#bytes > this.#maxBytes) throw new FrameError(`a frame is longer than ${this.#maxBytes} bytes`);
    this.#parts.push(part);
  }
}

function parseFrame(line: string): Record<string, unknown> {
  let frame: unknown;
  try {
    frame = JSON.parse(line);
  } catch {
    throw new FrameError("a frame is not JSON");
  }
  if (typeof frame !== "object" || frame === null || Array.isArray(frame))
    throw new FrameError("a frame is not an object");
  return frame as Record<string, unknown>;
}
