import type { JsonObject, RecordMeaning, RolloutBatch, RolloutRecord } from "@conveyor/host";
import { addTurnEnd, type FastTx, hasContent, insertRolloutRecords, type NewRolloutRecord } from "@conveyor/store";
import type { Observed } from "../shared/observed.ts";
import { observe } from "./observed.ts";
import type { Occurrences } from "./occurrences.ts";
import type { SkippedLines } from "./skipped-lines.ts";

/** What a batch came to. */
export interface Written {
  new_events: number;
  skipped_lines: number;
  /** The newest of the new records that lie before the session's history mark; null when none does. */
  history_event_id: number | null;
}

/** Takes the batches of one file into the ledger. */
export class BatchWriter {
  readonly #meaning: RecordMeaning;
  readonly #session_id: string;
  readonly #occurrences: Occurrences;
  readonly #skipped: SkippedLines;

  constructor(meaning: RecordMeaning, session_id: string, occurrences: Occurrences, skipped: SkippedLines) {
    this.#meaning = meaning;
    this.#session_id = session_id;
    this.#occurrences = occurrences;
    this.#skipped = skipped;
  }

  /**
   * Store what is new in a batch and take it into account. Of a line that is skipped, what it says of turns and of
   * attention is taken anyway: in its own record where that can be stored, else from memory. Records that end at
   * or before `history_offset` are history.
   */
  write(
    tx: FastTx,
    file: { rollout_file_id: number; history_offset: number | null },
    batch: RolloutBatch,
    observed: Observed,
  ): Written {
    const { records, payloads } = withSalvaged(this.#meaning, batch);
    const rows = records.map((record) => this.#identified(tx, record));
    const owner = { session_id: this.#session_id, rollout_file_id: file.rollout_file_id };
    let history_event_id: number | null = null;
    const take = (index: number, id: number | null): void => {
      const record = records[index];
      const payload = payloads[index];
      if (record === undefined || payload === undefined) return;
      const ended = observe(this.#meaning, observed, id, record, payload);
      if (ended !== null && id !== null) addTurnEnd(tx, { event_id: id, session_id: this.#session_id, ...ended });
      const end = records[index + 1]?.byte_offset ?? batch.next_offset;
      if (id !== null && file.history_offset !== null && end <= file.history_offset) history_event_id = id;
    };
    const stored = insertRolloutRecords(tx, owner, rows, take);
    for (const index of stored.lost) take(index, null);
    this.#skipped.add(batch.skipped, (index) => batch.skipped[index]?.reason ?? "not_json");
    const unstored = stored.lost.map((index) => ({ offset: records[index]?.byte_offset ?? 0 }));
    this.#skipped.add(unstored, () => "not_storable");
    return {
      new_events: stored.new_records,
      skipped_lines: batch.skipped.length + unstored.length,
      history_event_id,
    };
  }

  #identified(tx: FastTx, record: RolloutRecord): NewRolloutRecord {
    if (record.ordinal !== null) return record;
    const { thread_id, content_hash } = record;
    const isStored = () => hasContent(tx, { session_id: this.#session_id, thread_id, content_hash });
    return { ...record, occurrence: this.#occurrences.next(record, isStored) };
  }
}

/** The records of a batch, and among them those of skipped lines that say something of turns or of attention. */
function withSalvaged(
  meaning: RecordMeaning,
  batch: RolloutBatch,
): { records: RolloutRecord[]; payloads: JsonObject[] } {
  const salvaged = batch.skipped.flatMap(({ salvaged: found }) =>
    found !== null && (meaning.isLifecycle(found.record) || meaning.isAttention(found.record)) ? [found] : [],
  );
  if (salvaged.length === 0) return batch;
  const whole = batch.records.map((record, index) => ({ record, payload: batch.payloads[index] ?? {} }));
  const all = [...whole, ...salvaged].sort((a, b) => a.record.byte_offset - b.record.byte_offset);
  return { records: all.map(({ record }) => record), payloads: all.map(({ payload }) => payload) };
}
