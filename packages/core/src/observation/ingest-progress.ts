import type { RolloutBatch } from "@conveyor/host";
import type { Written } from "./batch-writer.ts";

/** How far reading has come, by one or several batches. */
export interface IngestProgress {
  new_events: number;
  skipped_lines: number;
  next_offset: number;
  partial_bytes: number;
  file_size: number;
  next_ordinal: number | null;
  last_line: RolloutBatch["last_line"];
  history_event_id: number | null;
}

const NOTHING_WRITTEN: Written = { new_events: 0, skipped_lines: 0, history_event_id: null };

/** How far a batch came; what it brought is left out where it was not stored. */
export function progressAfter(batch: RolloutBatch, written = NOTHING_WRITTEN): IngestProgress {
  const { next_offset, partial_bytes, file_size, last_line } = batch;
  return { ...written, next_offset, partial_bytes, file_size, next_ordinal: nextOrdinal(batch), last_line };
}

/** Add one more batch to it. */
export function advance(progress: IngestProgress, batch: RolloutBatch, written: Written): void {
  const { next_offset, partial_bytes, file_size } = batch;
  progress.new_events += written.new_events;
  progress.skipped_lines += written.skipped_lines;
  progress.history_event_id = written.history_event_id ?? progress.history_event_id;
  Object.assign(progress, { next_offset, partial_bytes, file_size });
  progress.next_ordinal = nextOrdinal(batch) ?? progress.next_ordinal;
  progress.last_line = batch.last_line ?? progress.last_line;
}

function nextOrdinal(batch: RolloutBatch): number | null {
  const last = batch.records.findLast((record) => record.ordinal !== null);
  return last?.ordinal == null ? null : last.ordinal + 1;
}
