import { closeSync } from "node:fs";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { RolloutBatch } from "./batch.ts";
import { openRollout, readFully } from "./file.ts";
import type { LineFormat } from "./line.ts";
import { LineReader } from "./line-reader.ts";

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
  /** Longer lines never come into memory: an outline of bounded size stands for them. In bytes, default 2 MiB. */
  whole_line_bytes?: number;
  /** Longer lines are skipped, in bytes. Default 64 MiB. */
  max_line_bytes?: number;
}

/**
 * Read the complete lines of a rollout from `offset` on, about one batch per block (spec 02 §4.1, §4.3). Reads what the
 * file held when it was opened, so a file that grows does not keep the reader busy for ever. A last line without line
 * feed is left for the next run. Blank lines are ignored, damaged ones are listed in `skipped` and passed over. NUL bytes,
 * as a power cut leaves them, separate lines and belong to none. At least one batch is always given, and while a long
 * line is looked at, now and then an empty one, so that the caller can see to other things. Memory: one block, its
 * records, and any single line of up to `whole_line_bytes`.
 *
 * Throws `rollout_missing`, `rollout_unreadable` and, when the file is shorter than `offset`, `rollout_truncated`.
 */
export function* readRollout(
  options: ReadRolloutOptions,
  format: LineFormat,
): Generator<RolloutBatch, void, undefined> {
  const {
    path,
    offset,
    limit_bytes = Number.POSITIVE_INFINITY,
    block_bytes = 128 * KIB,
    whole_line_bytes = 2 * MIB,
    max_line_bytes = 64 * MIB,
  } = options;
  const { fd, size } = openRollout(path);
  try {
    if (offset > size) throw truncated(path, offset, size);
    const reader = new LineReader(fd, path, size, format, {
      thread_id: options.thread_id ?? null,
      is_first: offset === 0,
    });
    const stop = Math.min(size, offset + limit_bytes);
    const block = Buffer.allocUnsafeSlow(Math.max(1, block_bytes));
    let position = offset;
    let unfinished = false;
    let last: RolloutBatch | undefined;
    let has_some = false;

    while (position < size && (position < stop || !has_some)) {
      const wanted = Math.min(block.length, Math.max(stop - position, 1));
      const piece = block.subarray(0, readFully(fd, path, block.subarray(0, wanted), position));
      const complete = piece.lastIndexOf(LINE_FEED) + 1;
      if (complete === 0 && has_some && position + piece.length >= stop) break;
      let batch: RolloutBatch | undefined;
      if (complete > 0) {
        batch = reader.takeLines(piece.subarray(0, complete), position);
      } else {
        // What was read comes before the empty batches of a long look.
        if (last) yield last;
        last = undefined;
        batch = yield* reader.takeLongLine(block, position, { whole_line_bytes, max_line_bytes });
      }
      if (!batch) {
        unfinished = true;
        break;
      }
      if (last) yield last;
      last = batch;
      has_some = true;
      position = batch.next_offset;
    }
    last ??= reader.emptyBatch(position);
    if (unfinished || stop === size) last.partial_bytes = size - position;
    yield last;
  } finally {
    closeSync(fd);
  }
}

function truncated(path: string, offset: number, size: number): ConveyorError {
  return new ConveyorError(
    "rollout_truncated",
    `the rollout ${path} is shorter (${size} bytes) than what was already read of it (${offset} bytes): it was rotated or truncated`,
    { hint: "register the session again, which reads the file from its beginning", details: { path, offset, size } },
  );
}
