import type { AutopilotPlan, PairStatus } from "@conveyor/contracts";
import { DEFAULT_DISPATCHER_ID } from "@conveyor/contracts/dispatch/words";
import { autonomyRows, type FastTx } from "@conveyor/store";
import type { AutopilotSnapshot, AutopilotTerms } from "./plan.ts";

/** What the flags of the command ask for; what was not given is undefined. */
export interface AutopilotWish {
  dispatcher_id?: string | undefined;
  interval?: number | undefined;
  watch_iterations?: number | undefined;
  quiet_after?: number | undefined;
}

const USUAL: AutopilotTerms = { interval_seconds: 2, watch_iterations: 1_000_000, quiet_after: 3 };

/** What the autopilot is meant to do from an instant on. */
export interface Policy extends AutopilotTerms {
  dispatcher_id: string;
  desired_state: AutopilotPlan["desired_state"];
  started_at: string | null;
  started_seq: number | null;
  last_policy_event: AutopilotPlan["last_policy_event"];
}

/** The policy as it is kept, with the terms that were asked for instead of its own. */
export function policyOf(tx: FastTx, task_id: string, wish: AutopilotWish): Policy {
  const dispatcher_id = wish.dispatcher_id ?? DEFAULT_DISPATCHER_ID;
  const row = autonomyRows.autopilotPolicy(tx, task_id, dispatcher_id);
  return {
    dispatcher_id,
    desired_state: (row?.desired_state as Policy["desired_state"] | undefined) ?? "unconfigured",
    started_at: row?.started_at ?? null,
    started_seq: row?.started_seq ?? null,
    last_policy_event:
      row === undefined
        ? null
        : { event_id: row.event_id, event_type: row.last_event_type, recorded_at: row.updated_at },
    ...termsOf(row ?? USUAL, wish),
  };
}

/** The terms that were asked for, and these for those that were not. Pure. */
export function termsOf(known: AutopilotTerms, wish: AutopilotWish): AutopilotTerms {
  return {
    interval_seconds: wish.interval ?? known.interval_seconds,
    watch_iterations: wish.watch_iterations ?? known.watch_iterations,
    quiet_after: wish.quiet_after ?? known.quiet_after,
  };
}

/** What a plan rests on: the pair as it stands, the policy, and what has happened since. */
export function autopilotSnapshot(
  tx: FastTx,
  status: PairStatus,
  { started_at, started_seq, dispatcher_id, desired_state, last_policy_event, ...terms }: Policy,
  wish: AutopilotWish,
): AutopilotSnapshot {
  const task_id = status.task.id;
  const work = autonomyRows.newestWork(tx, task_id);
  const start = started_seq === null || started_at === null ? undefined : { seq: started_seq, at: started_at };
  const anchor = work !== undefined && (start === undefined || work.seq > start.seq) ? work : start;
  const beats = (role: "manager" | "worker") =>
    anchor === undefined ? 0 : autonomyRows.heartbeatsSince(tx, { task_id, role, since: anchor.seq });
  return {
    status,
    wished_dispatcher_id: wish.dispatcher_id ?? null,
    dispatcher_id,
    desired_state,
    last_policy_event,
    terms,
    automations: autonomyRows.automationsSince(tx, { task_id, dispatcher_id, since: started_seq ?? 0 }),
    quiet: { anchor: anchor?.at ?? null, heartbeats: { manager: beats("manager"), worker: beats("worker") } },
  };
}
