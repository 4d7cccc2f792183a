import { createHash, type Hash } from "node:crypto";

/** What was seen of a stream of any length, in bounded memory. */
export interface SeenOutput {
  /** SHA-256 of everything that came, in hexadecimal digits. */
  sha256: string;
  /** How much came. */
  bytes: number;
  /** The beginning, as text. */
  head: string;
  /** The end, as text; overlaps the beginning when the whole is short. */
  tail: string;
}

/** Hashes what comes and keeps its beginning and its end; what lies between is read and forgotten. */
export class OutputWatch {
  readonly #hash: Hash = createHash("sha256");
  readonly #headBytes: number;
  readonly #tailBytes: number;
  readonly #head: Buffer[] = [];
  #headLength = 0;
  /** The last chunks, together at most one chunk longer than what is kept in the end. */
  #tail: Buffer[] = [];
  #tailLength = 0;
  #bytes = 0;

  constructor(limits: { head_bytes: number; tail_bytes: number }) {
    this.#headBytes = limits.head_bytes;
    this.#tailBytes = limits.tail_bytes;
  }

  add(chunk: Buffer): void {
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
    const room = this.#headBytes - this.#headLength;
    if (room > 0) {
      // Copies, because a slice would keep the whole block of the pipe in memory.
      const kept = Buffer.from(chunk.subarray(0, room));
      this.#head.push(kept);
      this.#headLength += kept.length;
    }
    if (this.#tailBytes === 0) return;
    const last = Buffer.from(chunk.subarray(-this.#tailBytes));
    this.#tail.push(last);
    this.#tailLength += last.length;
    if (this.#tailLength > 2 * this.#tailBytes) this.#shortenTail();
  }

  /** What was seen so far; nothing may be added afterwards. */
  end(): SeenOutput {
    this.#shortenTail();
    return {
      sha256: this.#hash.digest("hex"),
      bytes: this.#bytes,
      head: Buffer.concat(this.#head).toString("utf8"),
      tail: textFrom(Buffer.concat(this.#tail)),
    };
  }

  #shortenTail(): void {
    const whole = Buffer.concat(this.#tail).subarray(-this.#tailBytes || undefined);
    this.#tail = [Buffer.from(whole)];
    this.#tailLength = whole.length;
  }
}

/** Text whose first character may have been cut: what is left of it is dropped. */
function textFrom(bytes: Buffer): string {
  let from = 0;
  while (from < Math.min(3, bytes.length) && ((bytes[from] ?? 0) & 0b1100_0000) === 0b1000_0000) from += 1;
  return bytes.subarray(from).toString("utf8");
}
