import type { IngestReport, Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { type AgentRecords, type RecordMeta, type RolloutBatch, unpackRollout } from "@conveyor/host";
import {
  addRolloutFile,
  changeRolloutFile,
  type FastTx,
  ingestCursor,
  markRolloutCompressed,
  saveIngestCursor,
  skippedLinesOf,
} from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { changingStatus } from "../shared/agent-changes.ts";
import { recordsOf } from "../shared/agent-records.ts";
import { crashPoint } from "../shared/crash-hook.ts";
import { openObserved } from "../shared/observed.ts";
import { resolveSession } from "../shared/references.ts";
import { BatchWriter } from "./batch-writer.ts";
import { advance, type IngestProgress, progressAfter } from "./ingest-progress.ts";
import { Occurrences } from "./occurrences.ts";
import {
  decide,
  decideFromStart,
  type FileIdentity,
  type ReadableRollout,
  type ReadyCursor,
  readyCursor,
  settle,
  settleUnpacked,
} from "./rollout-choice.ts";
import { SkippedLines } from "./skipped-lines.ts";
import { assertOwnThread, findThreadSwitch, switchThread } from "./thread-switch.ts";

/** How much of a rollout one transaction stores: others must get their turn to write. */
const BYTES_PER_TRANSACTION = 1024 * 1024;
/** How long it takes before others get their turn in this process, in milliseconds; a batch that is begun is finished. */
const TIME_PER_TRANSACTION = 4;

export interface IngestOptions {
  /** Stop after this many bytes. */
  limit_bytes?: number | undefined;
  /** When to write the telemetry event: on every run, or only when the run brought something. */
  telemetry: "always" | "when_new";
  /** Whether to look for a newer thread of the agent once nothing new is read. Default: no. */
  thread_switch?: "look";
}

/** `ingest SESSION`: read what is new in its rollout, and on demand in the thread that followed it (spec 02 §8.1). */
export async function ingest(ctx: Ctx, input: Input<"observation.ingest">): Promise<Output<"observation.ingest">> {
  const session = await ctx.store.peek((tx) => resolveSession(tx, input.session));
  const options: IngestOptions = { limit_bytes: input.limit_bytes, telemetry: "always", thread_switch: "look" };
  const report = await ingestSession(ctx, session.id, options);
  if (!input.follow_thread) return { ...report, session: session.name };
  const found = report.lag_bytes > 0 ? null : await findThreadSwitch(ctx, session.id);
  if (found === null) return { ...report, session: session.name };
  assertOwnThread(ctx, session, found);
  const to = found.thread_switch;
  const from = await switchThread(ctx, session.id, to);
  const followed = await ingestSession(ctx, session.id, options);
  return {
    ...followed,
    session: session.name,
    new_events: report.new_events + followed.new_events,
    skipped_lines: report.skipped_lines + followed.skipped_lines,
    skipped: [...report.skipped, ...followed.skipped],
    file_events: [...report.file_events, { kind: "superseded", from, to: to.path }, ...followed.file_events],
  };
}

/**
 * Read the new records of one session into the ledger (spec 02 §4). Each piece of the file is one transaction that also
 * moves the cursor, so a crash repeats and loses nothing, a large file holds the lock only briefly, and of two concurrent
 * runs the later one sees what the first has stored. Throws `not_found`, `session_not_active`, `rollout_path_missing`,
 * `rollout_missing`, `rollout_truncated`, `rollout_unreadable`, `rollout_compressed`.
 */
export async function ingestSession(ctx: Ctx, session_id: string, options: IngestOptions): Promise<IngestReport> {
  const first = await ctx.store.peek((tx) => readyCursor(tx, session_id));
  const run = await readRun(ctx, first, options.limit_bytes);
  await run.finish(options.telemetry);
  const { report } = run;
  // Looking into folders is for a session that stands still, not for one that is busy.
  if (options.thread_switch !== "look" || report.new_events > 0 || report.lag_bytes > 0) return report;
  return { ...report, ...(await findThreadSwitch(ctx, session_id)) };
}

/** Read what there is, from a copy when the file was compressed and not yet read to its end in that form. */
async function readRun(ctx: Ctx, cursor: ReadyCursor, limit_bytes: number | undefined): Promise<IngestRun> {
  const records = recordsOf(ctx.agents, { agent_kind: cursor.agent_kind, name: cursor.session_name });
  const decision = decide(records, cursor);
  const unpacked = decision.kind === "compressed" ? await unpackRollout(`${cursor.path}.zst`) : null;
  try {
    const settled =
      unpacked === null ? settle(decision, cursor) : settleUnpacked(records, decision, cursor, unpacked.path);
    const run = new IngestRun(ctx, records, cursor, settled, unpacked?.path ?? null);
    await run.readFile(limit_bytes);
    return run;
  } finally {
    await unpacked?.remove();
  }
}

interface FileHeader {
  thread_id: string;
  history_mode: "legacy" | "paginated";
  base_json: string | null;
}

class IngestRun {
  readonly report: IngestReport;
  readonly #ctx: Ctx;
  readonly #records: AgentRecords;
  readonly #session: ReadyCursor;
  readonly #decision: ReadableRollout;
  readonly #start_offset: number;
  #path: string;
  /** The unpacked copy that is read in place of a compressed file. */
  #unpacked_path: string | null;
  #offset: number;
  #identity: FileIdentity;
  #rollout_file_id: number | null;
  /** The row of the file that stood here before, which the next transaction closes. */
  #replaced_file_id: number | null;
  /** The file stands elsewhere than the session says, which the next transaction records. */
  #moved: boolean;
  /** Records of the session's file up to here are history; null once they were read, or in a file that came later. */
  #history_offset: number | null;
  readonly #skipped = new SkippedLines();

  constructor(
    ctx: Ctx,
    records: AgentRecords,
    session: ReadyCursor,
    decision: ReadableRollout,
    unpacked_path: string | null,
  ) {
    this.#ctx = ctx;
    this.#records = records;
    this.#session = session;
    this.#decision = decision;
    this.#path = decision.read.path;
    this.#unpacked_path = unpacked_path;
    this.#offset = decision.read.offset;
    this.#start_offset = decision.read.offset;
    this.#identity = decision.read.identity;
    this.#history_offset = session.history_offset;
    const isReplaced = decision.kind === "replaced";
    this.#rollout_file_id = isReplaced ? null : (session.file?.id ?? null);
    this.#replaced_file_id = isReplaced ? (session.file?.id ?? null) : null;
    const is_unpacked_again = session.file?.state === "compressed" && decision.kind !== "read_before";
    this.#moved = decision.read.path !== session.path || (is_unpacked_again && unpacked_path === null && !isReplaced);
    this.report = {
      new_events: 0,
      new_offset: decision.read.offset,
      skipped_lines: 0,
      skipped: [],
      skipped_total: 0,
      file_events: decision.file_events,
      thread_switch: null,
      thread_switch_evidence: null,
      partial_bytes: 0,
      lag_bytes: 0,
    };
  }

  /** Read the file that the session has, and then the one that continues its thread. */
  async readFile(limit_bytes: number | undefined): Promise<void> {
    const before = this.#offset;
    if (this.#decision.kind !== "read_before") await this.#readToEnd(limit_bytes);
    if (this.#unpacked_path !== null && this.report.lag_bytes === 0) await this.#noteCompressed();
    const left = limit_bytes === undefined ? undefined : limit_bytes - (this.#offset - before);
    if (this.#decision.next === null || this.report.lag_bytes > 0 || (left !== undefined && left <= 0)) return;
    await this.#follow(this.#decision.next);
    await this.#readToEnd(left);
  }

  /** Complete the report and record the run. */
  async finish(telemetry: IngestOptions["telemetry"]): Promise<void> {
    const { report } = this;
    report.skipped = this.#skipped.kinds;
    report.skipped_total = await this.#ctx.store.peek((tx) => skippedLinesOf(tx, this.#session.session_id));
    const nothing = report.new_events === 0 && report.skipped_lines === 0 && report.file_events.length === 0;
    if (nothing && telemetry === "when_new") return;
    const { session_id, session_name, task_id } = this.#session;
    await this.#ctx.store.fast((tx) => {
      tx.tell("codex_events_ingested", {
        severity: report.skipped_lines > 0 ? "warning" : "info",
        task_id,
        summary: `${report.new_events} new records of ${session_name}`,
        correlation: { session: session_name, session_id },
        attributes: {
          new_events: report.new_events,
          new_offset: report.new_offset,
          skipped_lines: report.skipped_lines,
          ...(report.skipped.length > 0 && { skipped: report.skipped }),
          start_offset: this.#start_offset,
        },
      });
    });
  }

  async #noteCompressed(): Promise<void> {
    const id = this.#rollout_file_id;
    if (id !== null) await this.#ctx.store.fast((tx) => markRolloutCompressed(tx, id));
  }

  async #readToEnd(limit_bytes: number | undefined): Promise<void> {
    const { thread_id, session_id } = this.#session;
    const path = this.#unpacked_path ?? this.#path;
    const writer = new BatchWriter(
      this.#records,
      session_id,
      new Occurrences(this.#records, path, this.#offset),
      this.#skipped,
    );
    const batches = this.#records.read({ path, offset: this.#offset, thread_id, ...(limit_bytes && { limit_bytes }) });
    try {
      for (let next = batches.next(); !next.done; next = batches.next()) {
        const unchanged = next.value.next_offset === this.#offset && !this.#moved;
        this.#note(unchanged ? progressAfter(next.value) : await this.#storeSome(next.value, batches, writer));
        if (this.report.lag_bytes > 0) crashPoint(this.#ctx, "ingest_block");
        if (this.#ctx.signal.aborted) throw new ConveyorError("interrupted", "reading the rollout was interrupted");
        // Other callers of this process get their turn.
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      batches.return();
    }
  }

  #note(progress: IngestProgress): void {
    this.report.new_events += progress.new_events;
    this.report.skipped_lines += progress.skipped_lines;
    this.report.partial_bytes = progress.partial_bytes;
    this.report.lag_bytes = progress.file_size - progress.next_offset - progress.partial_bytes;
    this.report.new_offset = progress.next_offset;
    this.#offset = progress.next_offset;
  }

  /**
   * Store a batch and some of those after it. They are read inside of the transaction, so that only one of them is in
   * memory at a time.
   */
  async #storeSome(
    first: RolloutBatch,
    more: Iterator<RolloutBatch, void, undefined>,
    writer: BatchWriter,
  ): Promise<IngestProgress> {
    const { session_id } = this.#session;
    const header = this.#rollout_file_id === null ? this.#fileHeader() : null;
    const enough = this.#offset + BYTES_PER_TRANSACTION;
    const history_offset = this.#history_offset;
    const stored = await this.#ctx.store.fast((tx) => {
      if (this.#replaced_file_id !== null) {
        changeRolloutFile(tx, this.#replaced_file_id, { state: "replaced", path: this.#path });
      }
      const rollout_file_id = this.#rollout_file_id ?? this.#ownFile(tx, header);
      if (this.#moved) changeRolloutFile(tx, rollout_file_id, { state: "active", path: this.#path });
      const cursor = readyCursor(tx, session_id);
      const observed = openObserved(cursor.observation_json, cursor.thread_id);
      const file = { rollout_file_id, history_offset };
      const begun_at = performance.now();
      const progress = progressAfter(first, writer.write(tx, file, first, observed));
      while (progress.next_offset < enough && performance.now() - begun_at < TIME_PER_TRANSACTION) {
        const next = more.next();
        if (next.done) break;
        advance(progress, next.value, writer.write(tx, file, next.value, observed));
      }
      const is_past_history = history_offset === null || progress.next_offset >= history_offset;
      changingStatus(tx, session_id, () =>
        saveIngestCursor(tx, {
          session_id,
          rollout_file_id,
          path: this.#path,
          offset: progress.next_offset,
          device: this.#identity.device,
          inode: this.#identity.inode,
          size_seen: progress.file_size,
          next_ordinal: progress.next_ordinal,
          last_line: progress.last_line,
          observation_json: JSON.stringify(observed),
          skipped_lines: progress.skipped_lines,
          history_event_id: progress.history_event_id,
          history_offset: is_past_history ? null : history_offset,
        }),
      );
      return { rollout_file_id, progress, is_past_history };
    });
    if (stored.is_past_history) this.#history_offset = null;
    this.#rollout_file_id = stored.rollout_file_id;
    this.#replaced_file_id = null;
    this.#moved = false;
    return stored.progress;
  }

  /** The row of the file being read; another run may have made it since this one began. */
  #ownFile(tx: FastTx, header: FileHeader | null): number {
    const { session_id, thread_id } = this.#session;
    const existing = ingestCursor(tx, session_id);
    if (existing?.file?.path === this.#path) return existing.file.id;
    return addRolloutFile(tx, {
      session_id,
      path: this.#path,
      thread_id: header?.thread_id ?? thread_id,
      history_mode: header?.history_mode ?? "legacy",
      base_json: header?.base_json ?? null,
    });
  }

  /** What the first line says of the file; a file that begins otherwise is read anyway. */
  #fileHeader(): FileHeader | null {
    let meta: RecordMeta;
    try {
      meta = this.#records.meta(this.#unpacked_path ?? this.#path);
    } catch {
      return null;
    }
    return {
      thread_id: meta.thread_id,
      history_mode: meta.history_mode,
      base_json: meta.history_base === null ? null : JSON.stringify(meta.history_base),
    };
  }

  /** Go on with the file that continues the thread; the one before never grows again (spec 02 §5.5). */
  async #follow(path: string): Promise<void> {
    const previous = this.#rollout_file_id;
    const previous_path = this.#path;
    await this.#ctx.store.fast((tx) => {
      if (previous !== null) changeRolloutFile(tx, previous, { state: "superseded", path: previous_path });
    });
    const decision = decideFromStart(this.#records, this.#session, path);
    this.#path = decision.read.path;
    this.#unpacked_path = null;
    this.#offset = 0;
    this.#identity = decision.read.identity;
    this.#rollout_file_id = null;
    this.#history_offset = null;
  }
}
