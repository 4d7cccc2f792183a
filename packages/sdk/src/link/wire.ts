import type { Call, Answer as CallAnswer } from "@conveyor/router";

export type { Call } from "@conveyor/router";

/** Version of this language. A server that speaks another one is passed over. */
export const PROTOCOL = 1;
/** Longest frame either side accepts, in bytes. */
export const MAX_FRAME_BYTES = 64 * 1024 * 1024;
/** How long an aborted call may still take to hand over its answer, in milliseconds. */
export const ABORT_GRACE_MS = 3000;

/** What belongs to the caller and not to the server: commands in answers and the agents' home depend on it. */
export interface Caller {
  /** The caller's Codex home folder. */
  codex_home: string;
  /** How commands inside output begin (spec 01 §4.8). */
  program: string;
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

/** What a client sends after its hello. `id` is the client's own number of the call. */
export type Request = (Call & { id: number }) | { id: number; abort: true } | { id: number; stop_server: true };

/**
 * What one call is answered with. A subscription has any number of events before its `done`. `shutdown`: the server is
 * going away while the call runs; `refused`: it was already going away and did not begin the call.
 */
export type Answer = CallAnswer | { done: "end" | "shutdown" | "refused" };

export type Reply = Answer & { id: number };

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

/** A frame that is too long or no JSON object: the other side is no Conveyor, or broken. */
export class FrameError extends Error {}

/** Cuts a byte stream into frames. Keeps at most `maxBytes` of an unfinished line. */
export class FrameReader {
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #bytes = 0;

  constructor(maxBytes: number = MAX_FRAME_BYTES) {
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
