import { isAscii, isUtf8 } from "node:buffer";
import { hash } from "node:crypto";
import { closeSync } from "node:fs";
import { ConveyorError } from "@conveyor/contracts/errors";
import { openRollout, readFully } from "./file.ts";
import type { RolloutLine, SkipReason } from "./line.ts";
import { parseRolloutLine } from "./line.ts";
import type { JsonObject, RolloutRecord } from "./record.ts";
import { textOrNull } from "./record.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const LINE_FEED = 0x0a;

export interface ReadRolloutOptions {
  path: string;
  /** First byte to read; must be the beginning of a line. */
  offset: number;
  /** Thread of the file, for records that name none. Learned from the first line when reading begins there. */
  thread_id?: string | null;
  /** Stop after this many bytes. At least one complete line is read, however long it is. Default: all there is. */
  limit_bytes?: number;
  /**
   * How much is held in memory at a time, in bytes. Default 128 KiB: small enough that the parsed records are garbage
   * before the collector looks at them a second time, which makes reading a third faster than blocks of 1 MiB.
   */
  block_bytes?: number;
  /** Longer lines are skipped, in bytes. Default 64 MiB. */
  max_line_bytes?: number;
}

export interface SkippedLine {
  offset: number;
  reason: SkipReason;
}

/** A complete line by which the file can be recognised later (spec 02 §4.2). */
export interface LineMark {
  offset: number;
  sha256: string;
}

export interface RolloutBatch {
  records: RolloutRecord[];
  /** `payloads[i]` is the parsed form of `records[i].payload_json`, so that nobody has to parse it again. */
  payloads: JsonObject[];
  skipped: SkippedLine[];
  /** Just after the last complete line of this batch: where the next run begins. */
  next_offset: number;
  /** Bytes of an unfinished last line; 0 in every batch but the last. */
  partial_bytes: number;
  /** The last readable line of this batch, null when it has none. */
  last_line: LineMark | null;
  /** Size of the file when it was opened; `file_size - next_offset` is what is still to be read. */
  file_size: number;
}

/**
 * Read the complete lines of a rollout from `offset` on, about one batch per block (spec 02 §4.1, §4.3). Reads what the
 * file held when it was opened, so a file that grows does not keep the reader busy for ever. A last line without line
 * feed is left for the next run. Blank lines are ignored, damaged ones are listed in `skipped` and passed over.
 * At least one batch is always given. Memory: one block, its records, and any single longer line.
 *
 * Throws `rollout_missing`, `rollout_unreadable` and, when the file is shorter than `offset`, `rollout_truncated`.
 */
export function* readRollout(options: ReadRolloutOptions): Generator<RolloutBatch, void, undefined> {
  const {
    path,
    offset,
    limit_bytes = Number.POSITIVE_INFINITY,
    block_bytes = 128 * KIB,
    max_line_bytes = 64 * MIB,
  } = options;
  const { fd, size } = openRollout(path);
  try {
    if (offset > size) throw truncated(path, offset, size);
    const reader = new LineReader(fd, path, size, options.thread_id ?? null);
    const stop = Math.min(size, offset + limit_bytes);
    const block = Buffer.allocUnsafeSlow(Math.max(1, block_bytes));
    let position = offset;
    let unfinished = false;
    let last: RolloutBatch | undefined;

    while (position < size && (position < stop || !last)) {
      const wanted = Math.min(block.length, Math.max(stop - position, 1));
      const piece = block.subarray(0, readFully(fd, path, block.subarray(0, wanted), position));
      const complete = piece.lastIndexOf(LINE_FEED) + 1;
      if (complete === 0 && last && position + piece.length >= stop) break;
      const batch =
        complete > 0
          ? reader.takeLines(piece.subarray(0, complete), position)
          : reader.takeLongLine(block, position, max_line_bytes);
      if (!batch) {
        unfinished = true;
        break;
      }
      if (last) yield last;
      last = batch;
      position = batch.next_offset;
    }
    last ??= reader.emptyBatch(position);
    if (unfinished || stop === size) last.partial_bytes = size - position;
    yield last;
  } finally {
    closeSync(fd);
  }
}

class LineReader {
  constructor(
    private readonly fd: number,
    private readonly path: string,
    private readonly size: number,
    private thread_id: string | null,
  ) {}

  emptyBatch(next_offset: number): RolloutBatch {
    const file_size = this.size;
    return { records: [], payloads: [], skipped: [], next_offset, partial_bytes: 0, last_line: null, file_size };
  }

  /** Read the lines of a piece of the file that ends with a line feed. */
  takeLines(piece: Buffer, position: number): RolloutBatch {
    const batch = this.emptyBatch(position + piece.length);
    // One look at the whole block spares the look at each line; and Latin-1 is the cheapest way to decode ASCII.
    const encoding = isAscii(piece) ? "latin1" : "utf8";
    const is_valid = encoding === "latin1" || isUtf8(piece);
    let last: { start: number; end: number } | null = null;
    for (let start = 0; start < piece.length; ) {
      const end = piece.indexOf(LINE_FEED, start);
      if (is_valid || isUtf8(piece.subarray(start, end))) {
        const text = piece.toString(encoding, start, end);
        const line = { text, block: piece, start, end, byte_offset: position + start, file_thread_id: this.thread_id };
        if (this.takeLine(batch, line)) last = { start, end };
      } else {
        batch.skipped.push({ offset: position + start, reason: "invalid_utf8" });
        last = { start, end };
      }
      start = end + 1;
    }
    if (last) {
      batch.last_line = { offset: position + last.start, sha256: sha256(piece.subarray(last.start, last.end)) };
    }
    return batch;
  }

  /**
   * The line that begins at `position` fills the block. Look for its end first, so that a line that is too long or not
   * finished never comes into memory. Undefined when it has no end yet.
   */
  takeLongLine(block: Buffer, position: number, max_line_bytes: number): RolloutBatch | undefined {
    const end = this.findLineFeed(block, position);
    if (end === -1) return undefined;
    if (end - position > max_line_bytes) {
      const batch = this.emptyBatch(end + 1);
      batch.skipped.push({ offset: position, reason: "line_too_long" });
      return batch;
    }
    const line = Buffer.allocUnsafeSlow(end + 1 - position);
    if (readFully(this.fd, this.path, line, position) < line.length) return undefined;
    return this.takeLines(line, position);
  }

  private findLineFeed(block: Buffer, from: number): number {
    for (let position = from; position < this.size; ) {
      const wanted = Math.min(block.length, this.size - position);
      const read = readFully(this.fd, this.path, block.subarray(0, wanted), position);
      if (read === 0) return -1;
      const found = block.subarray(0, read).indexOf(LINE_FEED);
      if (found !== -1) return position + found;
      position += read;
    }
    return -1;
  }

  /** False when the line is blank and therefore no mark to recognise the file by. */
  private takeLine(batch: RolloutBatch, line: RolloutLine): boolean {
    const { byte_offset } = line;
    const result = parseRolloutLine(line);
    if (result.kind === "blank") return false;
    if (result.kind === "skipped") {
      batch.skipped.push({ offset: byte_offset, reason: result.reason });
      return true;
    }
    if (byte_offset === 0 && result.record.type === "session_meta") {
      this.thread_id = textOrNull(result.payload["id"]) ?? this.thread_id;
      result.record.thread_id = this.thread_id;
    }
    batch.records.push(result.record);
    batch.payloads.push(result.payload);
    return true;
  }
}

function sha256(bytes: Uint8Array): string {
  return hash("sha256", bytes, "hex");
}

function truncated(path: string, offset: number, size: number): ConveyorError {
  return new ConveyorError(
    "rollout_truncated",
    `the rollout ${path} is shorter (${size} bytes) than what was already read of it (${offset} bytes): it was rotated or truncated`,
    { hint: "register the session again, which reads the file from its beginning", details: { path, offset, size } },
  );
}
