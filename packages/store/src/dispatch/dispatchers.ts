import type { FastTx } from "../transaction.ts";

/** One process that dispatches (spec 03 §4.6). */
export interface DispatcherRow {
  dispatcher_id: string;
  instance_id: string;
  pid: number;
  pid_started_at: string | null;
  host: string;
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
}

export type NewDispatcher = Pick<
  DispatcherRow,
  "dispatcher_id" | "instance_id" | "pid" | "pid_started_at" | "host" | "interval_seconds"
> & { watch: boolean; dry_run: boolean };

/** Enter a process into the registry. */
export function registerDispatcher(tx: FastTx, dispatcher: NewDispatcher): void {
  tx.sql(
    `INSERT INTO dispatchers (dispatcher_id, instance_id, seq, pid, pid_started_at, host, started_at, last_heartbeat_at,
        iteration, interval_seconds, watch, dry_run, last_processed_count, total_processed)
     VALUES (@dispatcher_id, @instance_id, @seq, @pid, @pid_started_at, @host, @now, @now, 0, @interval_seconds, @watch,
        @dry_run, 0, 0)`,
  ).run({
    ...dispatcher,
    watch: dispatcher.watch ? 1 : 0,
    dry_run: dispatcher.dry_run ? 1 : 0,
    seq: tx.seq(),
    now: tx.now,
  });
}

/** Say that the process lives and what it has done. */
export function beatDispatcher(
  tx: FastTx,
  beat: Pick<
    DispatcherRow,
    "dispatcher_id" | "instance_id" | "iteration" | "last_processed_count" | "total_processed" | "last_error"
  >,
): void {
  tx.sql(
    `UPDATE dispatchers SET last_heartbeat_at = @now, iteration = @iteration,
            last_processed_count = @last_processed_count, total_processed = @total_processed, last_error = @last_error
     WHERE dispatcher_id = @dispatcher_id AND instance_id = @instance_id`,
  ).run({ ...beat, now: tx.now });
}

/** Say that the process has stopped. */
export function stopDispatcher(tx: FastTx, dispatcher_id: string, instance_id: string): void {
  tx.sql(
    "UPDATE dispatchers SET stopped_at = ?, last_heartbeat_at = ? WHERE dispatcher_id = ? AND instance_id = ?",
  ).run(tx.now, tx.now, dispatcher_id, instance_id);
}

export const RUNNING_DISPATCHERS_SQL = `SELECT dispatcher_id, instance_id, pid, pid_started_at, host, started_at,
    last_heartbeat_at, iteration, interval_seconds, watch, dry_run, last_processed_count, total_processed, last_error,
    stopped_at
  FROM dispatchers WHERE dispatcher_id = ? AND stopped_at IS NULL ORDER BY seq DESC LIMIT 25`;

/** The newest processes of this id that have not said that they stopped; whether they live is for the host to tell. */
export function unstoppedDispatchers(tx: FastTx, dispatcher_id: string): DispatcherRow[] {
  return tx.sql(RUNNING_DISPATCHERS_SQL).all(dispatcher_id) as DispatcherRow[];
}
