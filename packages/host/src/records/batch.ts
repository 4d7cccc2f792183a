import type { ParsedRecord, SkipReason } from "./line.ts";
import type { JsonObject, RolloutRecord } from "./record.ts";

/** A line that is not stored as it is. */
export interface SkippedLine {
  offset: number;
  reason: SkipReason;
  /** What could be read of it anyway, for readers that must not miss what it says about the agent's turns. */
  salvaged: ParsedRecord | null;
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
