import type { AgentRecords, RolloutRecord } from "@conveyor/host";

/**
 * Which of several equal lines of a file a line is, counted from 0: the third part of the identity of records without
 * ordinal (spec 00, ruling 3). Only what the file itself holds decides, so a second reading numbers its lines as the
 * first did, wherever either of them began.
 */
export class Occurrences {
  readonly #records: AgentRecords;
  readonly #path: string;
  readonly #start: number;
  readonly #counts = new Map<string, number>();
  #knows_beginning: boolean;

  /** Lines from `start` on will be given, in their order. */
  constructor(records: AgentRecords, path: string, start: number) {
    this.#records = records;
    this.#path = path;
    this.#start = start;
    this.#knows_beginning = start === 0;
  }

  /**
   * The number of this line. `isStored` says whether an equal one is in the ledger; only then can there be one further up
   * in the file, whose beginning is looked through for that, once.
   */
  next({ thread_id, content_hash }: RolloutRecord, isStored: () => boolean): number {
    const key = `${content_hash} ${thread_id ?? ""}`;
    if (!this.#knows_beginning && !this.#counts.has(key) && isStored()) this.#readBeginning();
    const occurrence = this.#counts.get(key) ?? 0;
    this.#counts.set(key, occurrence + 1);
    return occurrence;
  }

  #readBeginning(): void {
    this.#knows_beginning = true;
    for (const { records } of this.#records.read({ path: this.#path, offset: 0, limit_bytes: this.#start })) {
      for (const { ordinal, byte_offset, thread_id, content_hash } of records) {
        if (ordinal !== null || byte_offset >= this.#start) continue;
        const key = `${content_hash} ${thread_id ?? ""}`;
        this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
      }
    }
  }
}
