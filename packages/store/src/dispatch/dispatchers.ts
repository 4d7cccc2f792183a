import { AT_MOST } from "../at-most.ts";
import type { FastTx } from "../transaction.ts";

/** One process that dispatches (spec 03 §4.6). */
export interface DispatcherRow {
  dispatcher_id: string;
  instance_id: string;
  pid: number;
  pid_started_at: string | null;
  /** Its name, for people; what tells hosts apart is the id, which rows from before hosts had ids lack. */
  host: string;
  host_id: string | null;
  started_at: string;
  last_heartbeat_at: string;
  iteration: number;
  interval_seconds: number;
  watch: number;
  dry_run: number;
  last_processed_count: number;
  total_processed: number;
  last_error: string | null;
  stopped_at: string | null;
  /** When it was last heard of, as a number of the ledger's sequence. */
  seq: number;
}

export type NewDispatcher = Pick<
  DispatcherRow,
  "dispatcher_id" | "instance_id" | "pid" | "pid_started_at" | "host" | "host_id" | "interval_seconds"
> & { watch: boolean; dry_run: boolean };

/** Enter a process into the registry; nothing changes when it is there. */
export function registerDispatcher(tx: FastTx, dispatcher: NewDispatcher): void {
  tx.sql
    .atomic(
      `INSERT INTO dispatchers (dispatcher_id, instance_id, seq, pid, pid_started_at, host, host_id, started_at, last_heartbeat_at,
        iteration, interval_seconds, watch, dry_run, last_processed_count, total_processed)
     VALUES (@dispatcher_id, @instance_id, @seq, @pid, @pid_started_at, @host, @host_id, @now, @now, 0, @interval_seconds, @watch,
        @dry_run, 0, 0)
     ON CONFLICT (dispatcher_id, instance_id) DO NOTHING`,
    )
    .run({
      ...dispatcher,
      watch: dispatcher.watch ? 1 : 0,
      dry_run: dispatcher.dry_run ? 1 : 0,
      seq: tx.seq(),
      now: tx.now,
    });
}

/**
 * Say that the process lives and what it has done, and, after the clock was set, how its start is told now. Takes a new
 * number of the sequence, so that followers see it.
 */
export function beatDispatcher(
  tx: FastTx,
  beat: Pick<
    DispatcherRow,
    "dispatcher_id" | "instance_id" | "iteration" | "last_processed_count" | "total_processed" | "last_error"
  > & { pid_started_at?: string | null },
): void {
  tx.sql
    .atomic(
      `UPDATE dispatchers SET seq = @seq, last_heartbeat_at = @now, iteration = @iteration,
            pid_started_at = coalesce(@pid_started_at, pid_started_at), last_processed_count = @last_processed_count,
            total_processed = @total_processed, last_error = @last_error
     WHERE dispatcher_id = @dispatcher_id AND instance_id = @instance_id`,
    )
    .run({ pid_started_at: null, ...beat, seq: tx.seq(), now: tx.now });
}

/** Say that the process has stopped. */
export function closeDispatcher(tx: FastTx, dispatcher_id: string, instance_id: string): void {
  tx.sql
    .atomic(
      `UPDATE dispatchers SET seq = @seq, stopped_at = @now, last_heartbeat_at = @now
     WHERE dispatcher_id = @dispatcher_id AND instance_id = @instance_id`,
    )
    .run({ dispatcher_id, instance_id, seq: tx.seq(), now: tx.now });
}

/** Whether any task is bound to a worker and a manager now, so that there may be something to carry. */
export function hasLiveBinding(tx: FastTx): boolean {
  return tx.sql.hot("SELECT 1 FROM bindings WHERE state IN ('active', 'ending') LIMIT 1").get() !== undefined;
}

/** The columns of a `DispatcherRow`, for every statement that gives some. */
export const DISPATCHER_COLUMNS = `dispatcher_id, instance_id, pid, pid_started_at, host, host_id, started_at, last_heartbeat_at, iteration,
    interval_seconds, watch, dry_run, last_processed_count, total_processed, last_error, stopped_at, seq`;

export const RUNNING_DISPATCHERS_SQL = `SELECT ${DISPATCHER_COLUMNS}
  FROM dispatchers WHERE dispatcher_id = ? AND stopped_at IS NULL AND watch = 1 ORDER BY seq DESC LIMIT 25`;

/** The newest watchers of this id that have not said that they stopped; whether they live is for the host to tell. */
export function unstoppedDispatchers(tx: FastTx, dispatcher_id: string): DispatcherRow[] {
  return tx.sql.hot(RUNNING_DISPATCHERS_SQL).all(dispatcher_id) as DispatcherRow[];
}

export const CHANGED_DISPATCHERS_SQL = `SELECT ${DISPATCHER_COLUMNS} FROM dispatchers
  WHERE seq > @after AND (stopped_at IS NULL OR seq > @live_after)
    AND (@dispatcher_id IS NULL OR dispatcher_id = @dispatcher_id)
  ORDER BY seq ${AT_MOST}`;

/** Processes that changed behind `after`, in the order of their changes; those that stopped only behind `live_after`. */
export function changedDispatchers(
  tx: FastTx,
  request: { after: number; live_after: number; dispatcher_id: string | null; limit: number },
): DispatcherRow[] {
  return tx.sql.hot(CHANGED_DISPATCHERS_SQL).all(request) as DispatcherRow[];
}

export const DISPATCHERS_BY_SEQ_SQL = `SELECT ${DISPATCHER_COLUMNS} FROM dispatchers
  WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq`;

/** Those of the processes whose last change has one of these numbers. */
export function dispatchersBySeq(tx: FastTx, seqs: readonly number[]): DispatcherRow[] {
  return tx.sql.hot(DISPATCHERS_BY_SEQ_SQL).all(JSON.stringify(seqs)) as DispatcherRow[];
}

export const NEWEST_WATCHERS_SQL = `SELECT * FROM (SELECT ${DISPATCHER_COLUMNS} FROM dispatchers ORDER BY seq DESC LIMIT 1000)
  WHERE watch = 1 LIMIT ? + 0`;

/** The watching processes that were heard of last, newest first; the entries of single passes are left out. */
export function newestWatchers(tx: FastTx, limit: number): DispatcherRow[] {
  return tx.sql.hot(NEWEST_WATCHERS_SQL).all(limit) as DispatcherRow[];
}

export const KNOWN_DISPATCHER_SQL = "SELECT 1 FROM dispatchers WHERE dispatcher_id = ? LIMIT 1";

/** Whether a process of this id was ever registered. */
export function isKnownDispatcher(tx: FastTx, dispatcher_id: string): boolean {
  return tx.sql.hot(KNOWN_DISPATCHER_SQL).get(dispatcher_id) !== undefined;
}

export const DISPATCHER_IDS_SQL = `SELECT DISTINCT dispatcher_id FROM (
    SELECT dispatcher_id FROM dispatchers ORDER BY seq DESC LIMIT 1000)
  LIMIT ? + 0`;

/** The ids under which processes worked lately. */
export function dispatcherIds(tx: FastTx, limit: number): string[] {
  const rows = tx.sql.hot(DISPATCHER_IDS_SQL).all(limit) as { dispatcher_id: string }[];
  return rows.map(({ dispatcher_id }) => dispatcher_id).sort();
}
