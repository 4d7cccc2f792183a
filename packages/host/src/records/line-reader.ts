import { isAscii, isUtf8 } from "node:buffer";
import { hash } from "node:crypto";
import type { RolloutBatch } from "./batch.ts";
import { readFully } from "./file.ts";
import type { LineFormat, LineResult, RolloutLine, SkipReason } from "./line.ts";
import type { Outline } from "./outline.ts";
import { LineOutline } from "./outline.ts";

const LINE_FEED = 0x0a;
const NUL = 0x00;
/** Lines of one batch, so that no batch takes long however short its lines are. */
const MOST_LINES = 250;

/** Takes an open rollout apart into lines and these into records; where to read is its caller's business. */
export class LineReader {
  #thread_id: string | null;
  /** Whether the file's first record is still to come. */
  #is_first: boolean;

  constructor(
    private readonly fd: number,
    private readonly path: string,
    private readonly size: number,
    private readonly format: LineFormat,
    file: { thread_id: string | null; is_first: boolean },
  ) {
    this.#thread_id = file.thread_id;
    this.#is_first = file.is_first;
  }

  emptyBatch(next_offset: number): RolloutBatch {
    const file_size = this.size;
    return { records: [], payloads: [], skipped: [], next_offset, partial_bytes: 0, last_line: null, file_size };
  }

  /** Read the lines of a piece of the file that ends with a line feed, or as many of them as a batch may hold. */
  takeLines(piece: Buffer, position: number): RolloutBatch {
    const batch = this.emptyBatch(position + piece.length);
    // One look at the whole block spares the look at each line; and Latin-1 is the cheapest way to decode ASCII.
    const encoding = isAscii(piece) ? "latin1" : "utf8";
    const is_valid = encoding === "latin1" || isUtf8(piece);
    const has_nul = piece.includes(NUL);
    let last: { start: number; end: number } | null = null;
    for (let start = 0; start < piece.length; ) {
      const feed = piece.indexOf(LINE_FEED, start);
      const end = has_nul ? endOfPart(piece, start, feed) : feed;
      const trimmed = trim(piece, start, end);
      if (trimmed !== null) {
        this.#takeLine(batch, piece, trimmed, { position, encoding, is_valid });
        if (end === feed) last = { start, end };
      }
      start = end + 1;
      if (batch.records.length + batch.skipped.length >= MOST_LINES) {
        batch.next_offset = position + start;
        break;
      }
    }
    if (last) {
      batch.last_line = { offset: position + last.start, sha256: sha256(piece.subarray(last.start, last.end)) };
    }
    return batch;
  }

  /**
   * The line that begins at `position` fills the block. Look for its end first, so that a line that is not finished never
   * comes into memory, nor one that is too long. Undefined when it has no end yet.
   */
  *takeLongLine(
    block: Buffer,
    position: number,
    { whole_line_bytes, max_line_bytes }: { whole_line_bytes: number; max_line_bytes: number },
  ): Generator<RolloutBatch, RolloutBatch | undefined, undefined> {
    const begin = yield* this.#find(block, position, firstOther);
    if (begin === -1) return undefined;
    if (begin > position) return this.emptyBatch(begin);
    const end = yield* this.#find(block, position, firstEnd);
    if (end === -1) return undefined;
    if (end - position > whole_line_bytes || end - position > max_line_bytes) {
      return yield* this.#takeOutline(block, position, end, max_line_bytes);
    }
    const line = Buffer.allocUnsafeSlow(end + 1 - position);
    if (readFully(this.fd, this.path, line, position) < line.length) return undefined;
    const is_torn = line[line.length - 1] === NUL;
    line[line.length - 1] = LINE_FEED;
    const batch = this.takeLines(line, position);
    // A part that NUL bytes end is no line by which the file could be recognised.
    return is_torn ? { ...batch, last_line: null } : batch;
  }

  /** A line that is too long to be held: its outline is taken for it, and noted as skipped when it exceeds the limit. */
  *#takeOutline(
    block: Buffer,
    position: number,
    end: number,
    max_line_bytes: number,
  ): Generator<RolloutBatch, RolloutBatch, undefined> {
    const outline = new LineOutline();
    for (let at = position; at < end; ) {
      const read = readFully(this.fd, this.path, block.subarray(0, Math.min(block.length, end - at)), at);
      if (read === 0) break;
      outline.push(block.subarray(0, read));
      at += read;
      yield this.emptyBatch(position);
    }
    const batch = this.emptyBatch(end + 1);
    const finished = outline.finish();
    if (finished !== null && readFully(this.fd, this.path, block.subarray(0, 1), end) === 1 && block[0] === LINE_FEED) {
      batch.last_line = { offset: position, sha256: finished.sha256 };
    }
    const is_skipped = end - position > max_line_bytes;
    this.#add(batch, position, this.#ofOutline(position, finished), is_skipped ? "line_too_long" : null);
    return batch;
  }

  #ofOutline(byte_offset: number, outline: Outline | null): LineResult {
    if (outline === null) return { kind: "skipped", reason: "not_json" };
    if (!isUtf8(outline.bytes)) return { kind: "skipped", reason: "invalid_utf8" };
    return this.format.parseOutline({ byte_offset, file_thread_id: this.#thread_id }, outline);
  }

  /** Position of what `search` finds from `from` on, -1 when it finds nothing before the end of the file. */
  *#find(block: Buffer, from: number, search: (bytes: Buffer) => number): Generator<RolloutBatch, number, undefined> {
    for (let position = from; position < this.size; ) {
      const wanted = Math.min(block.length, this.size - position);
      const read = readFully(this.fd, this.path, block.subarray(0, wanted), position);
      if (read === 0) return -1;
      const found = search(block.subarray(0, read));
      if (found !== -1) return position + found;
      position += read;
      yield this.emptyBatch(from);
    }
    return -1;
  }

  #takeLine(
    batch: RolloutBatch,
    block: Buffer,
    { start, end }: { start: number; end: number },
    piece: { position: number; encoding: "latin1" | "utf8"; is_valid: boolean },
  ): void {
    const byte_offset = piece.position + start;
    const is_valid = piece.is_valid || isUtf8(block.subarray(start, end));
    const text = block.toString(piece.encoding, start, end);
    const line: RolloutLine = { text, block, start, end, byte_offset, file_thread_id: this.#thread_id };
    const result = this.format.parse(line);
    this.#add(batch, byte_offset, result, is_valid ? null : "invalid_utf8");
    if (result.kind === "record" || !is_valid) return;
    // A writer that died within a line goes on right behind it when it comes back.
    const { record_begin } = this.format;
    const begin = record_begin === null ? -1 : text.lastIndexOf(record_begin);
    if (begin <= 0) return;
    const next = { start: start + Buffer.byteLength(text.slice(0, begin), piece.encoding), end };
    if (this.format.parse({ ...line, ...next, text: text.slice(begin) }).kind === "record") {
      this.#takeLine(batch, block, next, piece);
    }
  }

  #add(batch: RolloutBatch, offset: number, result: LineResult, skipped: SkipReason | null): void {
    if (result.kind === "blank") return;
    if (result.kind === "skipped") {
      batch.skipped.push({ offset, reason: skipped ?? result.reason, salvaged: null });
      return;
    }
    const { record, payload } = result;
    const named = this.#is_first ? this.format.threadOfFirst(result) : undefined;
    if (named !== undefined) {
      this.#thread_id = named ?? this.#thread_id;
      record.thread_id = this.#thread_id;
    }
    this.#is_first = false;
    if (skipped !== null) {
      batch.skipped.push({ offset, reason: skipped, salvaged: { record, payload } });
      return;
    }
    batch.records.push(record);
    batch.payloads.push(payload);
  }
}

/** Index of the first byte that may belong to a record; -1 when all are NUL. */
function firstOther(bytes: Buffer): number {
  for (let index = 0; index < bytes.length; index += 1) if (bytes[index] !== NUL) return index;
  return -1;
}

/** Index of the first byte that ends a line or a part of one; -1 when none does. */
function firstEnd(bytes: Buffer): number {
  const feed = bytes.indexOf(LINE_FEED);
  const nul = bytes.subarray(0, feed === -1 ? bytes.length : feed).indexOf(NUL);
  return nul === -1 ? feed : nul;
}

/** The end of the part of a line that begins at `start`: NUL bytes belong to no record. */
function endOfPart(piece: Buffer, start: number, feed: number): number {
  const nul = piece.indexOf(NUL, start);
  return nul === -1 || nul > feed ? feed : nul;
}

/** A line without the blanks and the byte order mark around it; null for one that holds nothing else. */
function trim(piece: Buffer, from: number, to: number): { start: number; end: number } | null {
  let start = from;
  let end = to;
  while (start < end && isBlank(piece[start])) start += 1;
  while (end > start && isBlank(piece[end - 1])) end -= 1;
  if (piece[start] === 0xef && piece[start + 1] === 0xbb && piece[start + 2] === 0xbf) start += 3;
  return start < end ? { start, end } : null;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0d || byte === 0x09;
}

function sha256(bytes: Uint8Array): string {
  return hash("sha256", bytes, "hex");
}
