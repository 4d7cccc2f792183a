import { ConveyorError, type IngestReport, type InputOf, type OutputOf, type operations } from "@conveyor/contracts";
import {
  decideRollout,
  type KnownRollout,
  observeRollout,
  type RolloutBatch,
  type RolloutDecision,
  type RolloutIdentity,
  type RolloutMeta,
  readRollout,
  readRolloutMeta,
} from "@conveyor/host";
import {
  addRolloutFile,
  changeRolloutFile,
  type FastTx,
  type IngestCursor,
  ingestCursor,
  insertRolloutRecords,
  knownLineHashes,
  newestRecordTime,
  saveIngestCursor,
} from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { resolveSession } from "../shared/references.ts";
import { type Observed, observe, openObserved } from "./observed.ts";

/** How much of a rollout one transaction stores: others must get their turn to write. */
const BYTES_PER_TRANSACTION = 1024 * 1024;

type Ingest = (typeof operations)["observation"]["ingest"];

export interface IngestOptions {
  /** Stop after this many bytes. */
  limit_bytes?: number | undefined;
  /** When to write the telemetry event: on every run, or only when the run brought something. */
  telemetry: "always" | "when_new";
}

/** `ingest SESSION`: read what is new in its rollout (spec 02 §8.1). */
export async function ingest(ctx: Ctx, input: InputOf<Ingest>): Promise<OutputOf<Ingest>> {
  const session = await ctx.store.peek((tx) => resolveSession(tx, input.session));
  const report = await ingestSession(ctx, session.id, { limit_bytes: input.limit_bytes, telemetry: "always" });
  return { ...report, session: session.name };
}

/**
 * Read the new records of one session into the ledger (spec 02 §4). Each piece of the file is one transaction that also
 * moves the cursor, so a crash repeats and loses nothing, a large file holds the lock only briefly, and of two concurrent
 * runs the later one sees what the first has stored. Throws `not_found`, `session_not_active`, `rollout_path_missing`,
 * `rollout_missing`, `rollout_truncated`, `rollout_unreadable`, `rollout_compressed`.
 */
export async function ingestSession(ctx: Ctx, session_id: string, options: IngestOptions): Promise<IngestReport> {
  const first = await ctx.store.peek((tx) => readyCursor(tx, session_id));
  const decision = settle(decide(first), first);
  const run = new IngestRun(ctx, first, decision);
  await run.readFile(options.limit_bytes);
  await run.finish(options.telemetry);
  return run.report;
}

type ReadyCursor = IngestCursor & { path: string };

/** The cursor of a session that can be read. */
function readyCursor(tx: FastTx, session_id: string): ReadyCursor {
  const cursor = ingestCursor(tx, session_id);
  if (cursor === undefined)
    throw new ConveyorError("not_found", `there is no session ${session_id}`, { details: { kind: "session" } });
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

/**
 * What to read of the file. A session that was registered again reads it from its beginning, where what is known is known
 * by its place; a file that no longer holds what was read of it has other records in those places.
 */
function decide(cursor: ReadyCursor): RolloutDecision {
  const known = knownFile(cursor);
  const decision = decideRollout(known, observeRollout(known));
  if (decision.kind !== "same" || cursor.file === null || cursor.last_ingest_offset !== null) return decision;
  const before = knownFile({ ...cursor, last_ingest_offset: cursor.file.offset });
  const { kind } = decideRollout(before, observeRollout(before));
  if (kind !== "shrunk" && kind !== "replaced") return decision;
  return { ...decision, kind: "replaced", file_events: [{ kind: "replaced", from: known.path, to: known.path }] };
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
        {
          hint: "register the session again, which reads the file from its beginning",
          details: { ...details, offset: cursor.file?.offset },
        },
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
  /** The row of the file that stood here before, which the next transaction closes. */
  #replaced_file_id: number | null;
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
    const isReplaced = decision.kind === "replaced";
    this.#rollout_file_id = isReplaced ? null : (session.file?.id ?? null);
    this.#replaced_file_id = isReplaced ? (session.file?.id ?? null) : null;
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
    const batches = readRollout({
      path: this.#path,
      offset: this.#offset,
      thread_id,
      ...(limit_bytes && { limit_bytes }),
    });
    try {
      for (let next = batches.next(); !next.done; next = batches.next()) {
        const unchanged = next.value.next_offset === this.#offset && !this.#moved;
        this.#note(unchanged ? progressAfter(next.value) : await this.#storeSome(next.value, batches));
        if (this.#ctx.signal.aborted) throw new ConveyorError("interrupted", "reading the rollout was interrupted");
      }
    } finally {
      batches.return();
    }
  }

  #note(progress: Progress): void {
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
  async #storeSome(first: RolloutBatch, more: Iterator<RolloutBatch, void, undefined>): Promise<Progress> {
    const { session_id } = this.#session;
    const header = this.#rollout_file_id === null ? this.#fileHeader() : null;
    const enough = this.#offset + BYTES_PER_TRANSACTION;
    const stored = await this.#ctx.store.fast((tx) => {
      if (this.#replaced_file_id !== null) {
        changeRolloutFile(tx, this.#replaced_file_id, { state: "replaced", path: this.#path });
      }
      const rollout_file_id = this.#rollout_file_id ?? this.#ownFile(tx, header);
      if (this.#moved) changeRolloutFile(tx, rollout_file_id, { state: "active", path: this.#path });
      const cursor = readyCursor(tx, session_id);
      const observed = openObserved(cursor.observation_json, cursor.thread_id);
      const progress = progressAfter(first, this.#insert(tx, rollout_file_id, first, observed));
      while (progress.next_offset < enough) {
        const next = more.next();
        if (next.done) break;
        advance(progress, next.value, this.#insert(tx, rollout_file_id, next.value, observed));
      }
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
      });
      return { rollout_file_id, progress };
    });
    this.#rollout_file_id = stored.rollout_file_id;
    this.#replaced_file_id = null;
    this.#moved = false;
    return stored.progress;
  }

  /** Store what is new in a batch and take it into account; returns how many records were new. */
  #insert(tx: FastTx, rollout_file_id: number, batch: RolloutBatch, observed: Observed): number {
    const { records, payloads } = this.#withoutKnown(batch);
    const owner = { session_id: this.#session.session_id, rollout_file_id };
    return insertRolloutRecords(tx, owner, records, (index, id) => {
      const record = records[index];
      const payload = payloads[index];
      if (record !== undefined && payload !== undefined) observe(observed, id, record, payload);
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
        (newest === null || timestamp === null || timestamp >= newest) &&
        (line_sha256 === null || !hashes.has(line_sha256)),
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
      decideRollout(
        { ...knownFile(this.#session), ...NOTHING_READ, path },
        observeRollout({ ...knownFile(this.#session), ...NOTHING_READ, path }),
      ),
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

/** How far reading has come, by one or several batches. */
interface Progress {
  new_events: number;
  skipped_lines: number;
  next_offset: number;
  partial_bytes: number;
  file_size: number;
  next_ordinal: number | null;
  last_line: RolloutBatch["last_line"];
}

function progressAfter(batch: RolloutBatch, new_events = 0): Progress {
  const { next_offset, partial_bytes, file_size, last_line, skipped } = batch;
  const next_ordinal = nextOrdinal(batch);
  return { new_events, skipped_lines: skipped.length, next_offset, partial_bytes, file_size, next_ordinal, last_line };
}

function advance(progress: Progress, batch: RolloutBatch, new_events: number): void {
  const { next_offset, partial_bytes, file_size } = batch;
  progress.new_events += new_events;
  progress.skipped_lines += batch.skipped.length;
  Object.assign(progress, { next_offset, partial_bytes, file_size });
  progress.next_ordinal = nextOrdinal(batch) ?? progress.next_ordinal;
  progress.last_line = batch.last_line ?? progress.last_line;
}

function nextOrdinal(batch: RolloutBatch): number | null {
  const last = batch.records.findLast((record) => record.ordinal !== null);
  return last?.ordinal == null ? null : last.ordinal + 1;
}
