import type { Prisma } from "../generated/prisma/client.ts";
import type { FastTx } from "../transaction.ts";

export type PolicyRow = Prisma.autopilot_policiesGetPayload<object>;

/** What the autopilot of a task and dispatcher is meant to do; undefined when it was never said. */
export function autopilotPolicy(tx: FastTx, task_id: string, dispatcher_id: string): PolicyRow | undefined {
  return tx.sql
    .hot("SELECT * FROM autopilot_policies WHERE task_id = ? AND dispatcher_id = ?")
    .get(task_id, dispatcher_id) as PolicyRow | undefined;
}

export type NewPolicy = Omit<PolicyRow, "seq" | "updated_seq" | "updated_at">;

/** Say what the autopilot is meant to do from now on; there is one row for each task and dispatcher. */
export function savePolicy(tx: FastTx, policy: NewPolicy): void {
  tx.sql
    .atomic(
      `INSERT INTO autopilot_policies (task_id, dispatcher_id, seq, desired_state, interval_seconds, watch_iterations, quiet_after,
         started_at, started_seq, stopped_at, stop_reason, last_event_type, event_id, updated_at, updated_seq)
       VALUES (@task_id, @dispatcher_id, @seq, @desired_state, @interval_seconds, @watch_iterations, @quiet_after,
         @started_at, @started_seq, @stopped_at, @stop_reason, @last_event_type, @event_id, @now, @updated_seq)
       ON CONFLICT (task_id, dispatcher_id) DO UPDATE SET
         desired_state = excluded.desired_state, interval_seconds = excluded.interval_seconds,
         watch_iterations = excluded.watch_iterations, quiet_after = excluded.quiet_after, started_at = excluded.started_at,
         started_seq = excluded.started_seq, stopped_at = excluded.stopped_at, stop_reason = excluded.stop_reason,
         last_event_type = excluded.last_event_type, event_id = excluded.event_id, updated_at = excluded.updated_at,
         updated_seq = excluded.updated_seq`,
    )
    .run({ ...policy, seq: tx.seq(), updated_seq: tx.seq(), now: tx.now });
}

/** Somebody said that the automation of a role was set up. */
export interface AutomationRow {
  role: "manager" | "worker";
  automation_id: string;
  event_id: string;
  recorded_at: string;
}

export const AUTOMATIONS_SINCE_SQL = `SELECT role, automation_id, event_id, recorded_at FROM automation_receipts
  WHERE seq IN (SELECT max(seq) FROM automation_receipts
    WHERE task_id = @task_id AND dispatcher_id = @dispatcher_id AND seq > @since GROUP BY role)
  ORDER BY role`;

/** The newest receipt of each role after this place in the sequence, the manager's first. */
export function automationsSince(
  tx: FastTx,
  of: { task_id: string; dispatcher_id: string; since: number },
): AutomationRow[] {
  return tx.sql.hot(AUTOMATIONS_SINCE_SQL).all(of) as AutomationRow[];
}

/** Keep that the automation of a role was set up. */
export function insertAutomation(
  tx: FastTx,
  receipt: { task_id: string; dispatcher_id: string } & Omit<AutomationRow, "recorded_at">,
): void {
  tx.sql
    .hot(
      `INSERT INTO automation_receipts (seq, task_id, dispatcher_id, role, automation_id, event_id, recorded_at)
       VALUES (@seq, @task_id, @dispatcher_id, @role, @automation_id, @event_id, @now)`,
    )
    .run({ ...receipt, seq: tx.seq(), now: tx.now });
}

/** What last happened to a task, as a place in the sequence with its time. */
export interface MomentRow {
  seq: number;
  at: string;
}

export const NEWEST_COMMAND_SQL =
  "SELECT seq, created_at AS at FROM commands WHERE task_id = ? ORDER BY seq DESC LIMIT 1";
export const NEWEST_CONSUMPTION_SQL = `SELECT consumed_seq AS seq, consumed_at AS at FROM routed_notifications
  WHERE task_id = ? AND consumed_seq IS NOT NULL ORDER BY consumed_seq DESC LIMIT 1`;
export const HEARTBEATS_SINCE_SQL = `SELECT count(*) AS n FROM role_heartbeats
  WHERE task_id = @task_id AND role = @role AND seq > @since AND source = 'app_heartbeat'`;

/** The newest command of a task and the newest item that was taken, whichever is later; undefined when there is neither. */
export function newestWork(tx: FastTx, task_id: string): MomentRow | undefined {
  const command = tx.sql.hot(NEWEST_COMMAND_SQL).get(task_id) as MomentRow | undefined;
  const taken = tx.sql.hot(NEWEST_CONSUMPTION_SQL).get(task_id) as MomentRow | undefined;
  if (command === undefined || taken === undefined) return command ?? taken;
  return command.seq > taken.seq ? command : taken;
}

/** How often the thread of a role said that it lives after this place in the sequence. */
export function heartbeatsSince(tx: FastTx, of: { task_id: string; role: string; since: number }): number {
  return (tx.sql.hot(HEARTBEATS_SINCE_SQL).get(of) as { n: number }).n;
}
