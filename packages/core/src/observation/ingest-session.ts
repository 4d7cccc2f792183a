import { ConveyorError, type InputOf, type IngestReport, type OutputOf, type operations } from "@conveyor/contracts";
import {
  decideRollout,
  type KnownRollout,
  observeRollout,
  readRollout,
  readRolloutMeta,
  type RolloutBatch,
  type RolloutDecision,
  type RolloutIdentity,
  type RolloutMeta,
} from "@conveyor/host";
import {
  addRolloutFile,
  changeRolloutFile,
  type FastTx,
  ingestCursor,
  type IngestCursor,
  insertRolloutRecords,
  knownLineHashes,
  newestRecordTime,
  saveIngestCursor,
} from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { resolveSession } from "../shared/references.ts";
import { observe, openObserved } from "./observed.ts";

type Ingest = (typeof operations)["observation"]["ingest"];

export interface IngestOptions {
  /** Stop after this many bytes. */
  limit_bytes?: number | undefined;
  /** When to write the telemetry event: on every run, or only when the run brought something. */
  telemetry: "always" | "when_new";
}

/** `ingest SESSION`: read what is new in its rollout (spec 02 §8.1). */
export async function ingest(ctx: Ctx, input: InputOf<Ingest>): Promise<OutputOf<Ingest>> {
  const session = await ctx.store.read((tx) => resolveSession(tx, input.session));
  const report = await ingestSession(ctx, session.id, { limit_bytes: input.limit_bytes, telemetry: "always" });
  return { ...report, session: session.name };
}

/**
 * Read the new records of one session into the ledger (spec 02 §4). Each block of the file is one transaction that also
 * moves the cursor, so a crash repeats and loses nothing, a large file holds the lock only briefly, and of two concurrent
 * runs the later one sees what the first has stored. Throws `not_found`, `session_not_active`, `rollout_path_missing`,
 * `rollout_missing`, `rollout_truncated`, `rollout_unreadable`, `rollout_compressed`.
 */
export async function ingestSession(ctx: Ctx, session_id: string, options: IngestOptions): Promise<IngestReport> {
  const first = await ctx.store.peek((tx) => readyCursor(tx, session_id));
  const decision = settle(decideRollout(knownFile(first), observeRollout(knownFile(first))), first);
  const run = new IngestRun(ctx, first, decision);
  await run.readFile(options.limit_bytes);
  await run.finish(options.telemetry);
  return run.report;
}

type ReadyCursor = IngestCursor & { path: string };

/** The cursor of a session that can be read. */
function readyCursor(tx: FastTx, session_id: string): ReadyCursor {
  const cursor = ingestCursor(tx, session_id);
  if (cursor === undefined) throw new ConveyorError("not_found", `there is no session ${session_id}`, { details: { kind: "session" } });
  if (cursor.session_state !== "active") {
    throw new ConveyorError("session_not_active", `session ${cursor.session_name} is ${cursor.session_state}`, {
      hint: "register it again before reading its rollout",
      details: { session: cursor.session_name, state: cursor.session_state },
    });
  }
  if (cursor.path === null) {
    throw new ConveyorError("rollout_path_missing", `session ${cursor.session_name} was registered without a rollout`, {
      hint: "register it again with --codex-session FILE or --pid PID",
      details: { session: cursor.session_name },
    });
  }
  return cursor as ReadyCursor;
}

function knownFile(cursor: ReadyCursor): KnownRollout {
  const { file } = cursor;
  const fresh = file === null || cursor.last_ingest_offset === null;
  return {
    path: cursor.path,
    thread_id: file?.thread_id ?? cursor.thread_id,
    device: fresh ? null : file.device,
    inode: fresh ? null : file.inode,
    offset: fresh ? 0 : file.offset,
    last_line_offset: fresh ? null : file.last_line_offset,
    last_line_sha256: fresh ? null : file.last_line_sha256,
  };
}

type Readable = RolloutDecision & { read: NonNullable<RolloutDecision["read"]> };

/** A decision that leaves something to read, else the error that says why there is nothing. */
function settle(decision: RolloutDecision, cursor: ReadyCursor): Readable {
  if (decision.read !== null) return decision as Readable;
  const details = { path: cursor.path, session: cursor.session_name };
  switch (decision.kind) {
    case "shrunk":
      throw new ConveyorError(
        "rollout_truncated",
        `the rollout ${cursor.path} is shorter than what was already read of it (${cursor.file?.offset ?? 0} bytes): it was rotated or truncated`,
        { hint: "register the session again, which reads the file from its beginning", details: { ...details, offset: cursor.file?.offset } },
      );
    case "compressed":
      throw new ConveyorError("rollout_compressed", `the rollout ${cursor.path} was compressed (${cursor.path}.zst)`, {
        hint: `unpack it beside itself, for instance with \`zstd -d '${cursor.path}.zst'\`, and try again`,
        details,
      });
    default:
      throw new ConveyorError("rollout_missing", `the rollout ${cursor.path} does not exist`, {
        hint: "register the session again with --codex-session FILE or --pid PID",
        details,
      });
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
  readonly #session: ReadyCursor;
  readonly #decision: Readable;
  readonly #start_offset: number;
  #path: string;
  #offset: number;
  #identity: RolloutIdentity;
  #rollout_file_id: number | null;
  /** The file stands elsewhere than the session says, which the next transaction records. */
  #moved: boolean;
  /** Set while a rewritten file is read again: what is older than this, or known by its hash, was stored before. */
  #rewritten: { newest: string | null; hashes: Set<string> } | null = null;

  constructor(ctx: Ctx, session: ReadyCursor, decision: Readable) {
    this.#ctx = ctx;
    this.#session = session;
    this.#decision = decision;
    this.#path = decision.read.path;
    this.#offset = decision.read.offset;
    this.#start_offset = decision.read.offset;
    this.#identity = decision.read.identity;
    this.#rollout_file_id = session.file?.id ?? null;
    this.#moved = decision.read.path !== session.path;
    this.report = {
      new_events: 0,
      new_offset: decision.read.offset,
      skipped_lines: 0,
      file_events: decision.file_events,
      thread_switch: null,
      partial_bytes: 0,
      lag_bytes: 0,
    };
  }

  /** Read the file that the session has, and then the one that continues its thread. */
  async readFile(limit_bytes: number | undefined): Promise<void> {
    if (this.#decision.kind === "replaced") await this.#expectRewrittenLines();
    const before = this.#offset;
    await this.#readToEnd(limit_bytes);
    const left = limit_bytes === undefined ? undefined : limit_bytes - (this.#offset - before);
    if (this.#decision.next === null || this.report.lag_bytes > 0 || (left !== undefined && left <= 0)) return;
    await this.#follow(this.#decision.next);
    await this.#readToEnd(left);
  }

  async finish(telemetry: IngestOptions["telemetry"]): Promise<void> {
    const { report } = this;
    const nothing = report.new_events === 0 && report.skipped_lines === 0 && report.file_events.length === 0;
    if (nothing && telemetry === "when_new") return;
    const { session_id, session_name, task_id } = this.#session;
    await this.#ctx.store.fast((tx) => {
      tx.telemetry({
        event_type: "codex_events_ingested",
        severity: report.skipped_lines > 0 ? "warning" : "info",
        task_id,
        summary: `${report.new_events} new records of ${session_name}`,
        correlation: { session: session_name, session_id },
        attributes: {
          new_events: report.new_events,
          new_offset: report.new_offset,
          skipped_lines: report.skipped_lines,
          start_offset: this.#start_offset,
        },
      });
    });
  }

  async #expectRewrittenLines(): Promise<void> {
    const { session_id } = this.#session;
    this.#rewritten = await this.#ctx.store.peek((tx) => ({
      newest: newestRecordTime(tx, session_id),
      hashes: knownLineHashes(tx, session_id),
    }));
  }

  async #readToEnd(limit_bytes: number | undefined): Promise<void> {
    const { thread_id } = this.#session;
    const batches = readRollout({ path: this.#path, offset: this.#offset, thread_id, ...(limit_bytes && { limit_bytes }) });
    for (const batch of batches) {
      const unchanged = batch.next_offset === this.#offset && !this.#moved;
      if (!unchanged) await this.#storeBatch(batch);
      this.report.partial_bytes = batch.partial_bytes;
      this.report.skipped_lines += batch.skipped.length;
      this.report.lag_bytes = batch.file_size - batch.next_offset - batch.partial_bytes;
      this.report.new_offset = batch.next_offset;
      this.#offset = batch.next_offset;
      if (this.#ctx.signal.aborted) throw new ConveyorError("interrupted", "reading the rollout was interrupted");
    }
  }

  async #storeBatch(batch: RolloutBatch): Promise<void> {
    const { session_id } = this.#session;
    const header = this.#rollout_file_id === null ? this.#fileHeader() : null;
    await this.#ctx.store.fast((tx) => {
      const rollout_file_id = this.#rollout_file_id ?? this.#ownFile(tx, header);
      if (this.#moved) changeRolloutFile(tx, rollout_file_id, { state: "active", path: this.#path });
      const cursor = readyCursor(tx, session_id);
      const observed = openObserved(cursor.observation_json, cursor.thread_id);
      const kept = this.#withoutKnown(batch);
      this.report.new_events += insertRolloutRecords(tx, { session_id, rollout_file_id }, kept.records, (index, id) => {
        const record = kept.records[index];
        const payload = kept.payloads[index];
        if (record !== undefined && payload !== undefined) observe(observed, id, record, payload);
      });
      saveIngestCursor(tx, {
        session_id,
        rollout_file_id,
        path: this.#path,
        offset: batch.next_offset,
        device: this.#identity.device,
        inode: this.#identity.inode,
        size_seen: batch.file_size,
        next_ordinal: nextOrdinal(batch),
        last_line: batch.last_line,
        observation_json: JSON.stringify(observed),
      });
      this.#rollout_file_id = rollout_file_id;
      this.#moved = false;
    });
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

  /** What the first line says of the file; a file that begins otherwise is read all the same. */
  #fileHeader(): FileHeader | null {
    let meta: RolloutMeta;
    try {
      meta = readRolloutMeta(this.#path);
    } catch {
      return null;
    }
    return {
      thread_id: meta.thread_id,
      history_mode: meta.history_mode,
      base_json: meta.history_base === null ? null : JSON.stringify(meta.history_base),
    };
  }

  /** Of a rewritten file, only what is newer than all that is stored, or as new and not yet there. */
  #withoutKnown(batch: RolloutBatch): Pick<RolloutBatch, "records" | "payloads"> {
    const rewritten = this.#rewritten;
    if (rewritten === null) return batch;
    const { newest, hashes } = rewritten;
    const isNew = batch.records.map(
      ({ timestamp, line_sha256 }) =>
        (newest === null || timestamp === null || timestamp >= newest) && (line_sha256 === null || !hashes.has(line_sha256)),
    );
    return {
      records: batch.records.filter((_record, index) => isNew[index]),
      payloads: batch.payloads.filter((_payload, index) => isNew[index]),
    };
  }

  /** Go on with the file that continues the thread; the one before never grows again (spec 02 §5.5). */
  async #follow(path: string): Promise<void> {
    const previous = this.#rollout_file_id;
    const previous_path = this.#path;
    await this.#ctx.store.fast((tx) => {
      if (previous !== null) changeRolloutFile(tx, previous, { state: "superseded", path: previous_path });
    });
    const decision = settle(
      decideRollout({ ...knownFile(this.#session), ...NOTHING_READ, path }, observeRollout({ ...knownFile(this.#session), ...NOTHING_READ, path })),
      { ...this.#session, path },
    );
    this.#path = decision.read.path;
    this.#offset = 0;
    this.#identity = decision.read.identity;
    this.#rollout_file_id = null;
    this.#rewritten = null;
  }
}

const NOTHING_READ = { device: null, inode: null, offset: 0, last_line_offset: null, last_line_sha256: null };

function nextOrdinal(batch: RolloutBatch): number | null {
  const last = batch.records.findLast((record) => record.ordinal !== null);
  return last?.ordinal == null ? null : last.ordinal + 1;
}
