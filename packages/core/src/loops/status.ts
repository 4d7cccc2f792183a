import type { Input, Output } from "@conveyor/contracts";
import { dispatchRows, type FastTx, type lookups, loopRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { parsed } from "../shared/parsed.ts";
import { resolveTask } from "../shared/references.ts";
import { nextLoopAction, recommend } from "./advice.ts";
import { standingView } from "./evidence-view.ts";
import { chooseLoopRun } from "./find-loop-run.ts";
import { loopStateOf } from "./loop-state.ts";
import { countConflicts, guardsMerge } from "./merge-gate.ts";
import { continuationStandings, judgeContinuation, type LoopPolicy, metadataOf } from "./policy.ts";
import { NO_RULES } from "./rules.ts";
import { readSnapshot } from "./snapshot.ts";
import type { EvidenceStanding } from "./standing.ts";

type Status = Output<"loops.status">;

/** Telemetry of a run that is counted, its oldest. */
const MOST_TELEMETRY = 1000;

/**
 * How a loop stands, what its gate would say of the next iteration, and what to do next (spec 05 §5.8). Throws `not_found`,
 * `ambiguous`, and what `findLoopRun` throws.
 */
export async function status(ctx: Ctx, input: Input<"loops.status">): Promise<Status> {
  return ctx.store.peek((tx) => {
    const task = resolveTask(tx, input.task);
    const { run, policy } = chooseLoopRun(tx, task, input.run);
    const route = dispatchRows.routeOfTask(tx, task.id);
    const worker_session_id = route?.binding?.worker.id ?? null;
    const of = { task_id: task.id, run_id: run.id };
    const commands = commandFacts(loopRows.commandsOfRun(tx, of));
    const { total, delivered, ...inbox } = loopRows.countItemsOfRun(tx, { ...of, worker_session_id });
    const receipts = loopRows.countReceiptsOfRun(tx, of);
    const telemetry = loopRows.telemetryOfRun(tx, of, MOST_TELEMETRY);
    const failures = failuresOf(commands, receipts.open, telemetry, loopRows.troubledCyclesOfRun(tx, of));
    const { gate, standings, rules } = gateOf(tx, task, run, policy, route);
    const loop_state = loopStateOf(run, task.state) ?? "closed";
    const by_event_type = byType(telemetry);
    const app_task_dispatch = taskDispatch(tx, task.id);
    const isSilent = commands.total === 0 && total === 0 && telemetry.length === 0;
    return {
      task: { id: task.id, name: task.name, state: task.state as Status["task"]["state"] },
      run: { id: run.id, name: run.name, status: run.status as Status["run"]["status"] },
      loop_state,
      policy: {
        template: policy.template,
        current_iteration: policy.current_iteration,
        max_iterations: policy.max_iterations,
        cleanup_policy: policy.cleanup_policy,
        required_before_continue: policy.required_before_continue,
      },
      rules,
      gate,
      commands: { total: commands.total, states: commands.states },
      blocked: commands.blocked,
      notifications: { total, delivered },
      inbox,
      evidence: { total: receipts.total, types: receipts.types },
      telemetry: {
        total: sumOf(telemetry.map((row) => row.total)),
        by_event_type,
        dispatch_inbox_consumed: by_event_type["dispatch_inbox_consumed"] ?? 0,
      },
      failures,
      app_task_dispatch: {
        ...app_task_dispatch,
        note:
          isSilent && app_task_dispatch.records_total > 0
            ? "nothing of the task was sent under this run; what is counted here belongs to the task as a whole"
            : null,
      },
      recommendation: recommend({ alerts: failures.alerts, worker_unconsumed: inbox.worker_unconsumed }),
      next_action: nextLoopAction(ctx.settings, {
        task: task.name,
        run_id: run.id,
        loop_state,
        next_iteration: gate.next_iteration,
        reason: gate.reason,
        standings,
        alerts: failures.alerts,
        ...inbox,
        queued: commands.queued,
      }),
    };
  });
}

/** What the gate of continuations says of the next iteration, by the same function that Dispatch asks. */
function gateOf(
  tx: FastTx,
  task: lookups.TaskRow,
  run: loopRows.RunRow,
  policy: LoopPolicy,
  route: dispatchRows.Route | undefined,
): { gate: Status["gate"]; standings: EvidenceStanding[]; rules: Status["rules"] } {
  const next_iteration = policy.current_iteration + 1;
  const binding = route?.binding ?? null;
  const snapshot = readSnapshot(tx, run, {
    task_state: task.state,
    requested_iteration: next_iteration,
    waiting: binding && { target_session_id: binding.worker.id, binding_id: binding.id, command_id: "" },
  });
  const verdict =
    snapshot === undefined
      ? { reason: "unreadable_rules", missing_evidence: [] }
      : judgeContinuation(snapshot, next_iteration);
  const standings = snapshot === undefined ? [] : continuationStandings(snapshot, next_iteration);
  const typesIn = (...states: EvidenceStanding["state"][]) =>
    standings.flatMap(({ evidence_type, state }) => (states.includes(state) ? [evidence_type] : []));
  const metadata = metadataOf(run);
  const isOff = metadata["merge_gate"] === "off";
  return {
    standings,
    rules: { ...(snapshot?.rules ?? NO_RULES) } as Status["rules"],
    gate: {
      next_iteration,
      can_continue: verdict.reason === null,
      ...verdict,
      satisfied_evidence: typesIn("satisfied"),
      rejected_evidence: typesIn("rejected", "incomplete", "stale"),
      evidence: standings.map(standingView),
      merge_gate: guardsMerge(policy, {}) ? (isOff ? "off" : "on") : null,
      conflicts: countConflicts(loopRows.conflictHistory(tx, run.id), metadata),
    },
  };
}

interface CommandFacts extends Pick<Status, "blocked"> {
  total: number;
  states: Record<string, number>;
  failed: number;
  resolved: number;
  queued: number;
}

/** A failed command is resolved once a later one has delivered the same iteration. Pure. */
function commandFacts(rows: readonly loopRows.LoopCommandRow[]): CommandFacts {
  const states: Record<string, number> = {};
  const delivered = new Map<number | null, number>();
  for (const { state, requested_iteration, seq } of rows) {
    states[state] = (states[state] ?? 0) + 1;
    if (state === "succeeded") delivered.set(requested_iteration, seq);
  }
  const failed = rows.filter(({ state }) => state === "failed");
  const resolved = failed.filter(
    ({ seq, requested_iteration }) => requested_iteration !== null && (delivered.get(requested_iteration) ?? 0) > seq,
  );
  const blocked = rows.filter(({ state }) => state === "blocked");
  const latest = blocked.at(-1);
  return {
    total: rows.length,
    states,
    failed: failed.length - resolved.length,
    resolved: resolved.length,
    queued: (states["pending"] ?? 0) + (states["attempted"] ?? 0),
    blocked: {
      total: blocked.length,
      latest:
        latest === undefined
          ? null
          : {
              command_id: latest.id,
              correlation_id: latest.correlation_id,
              reason: latest.reason,
              missing_evidence: textsIn(latest.missing_json),
              at: latest.updated_at,
            },
    },
  };
}

function textsIn(json: string | null): string[] {
  const list = json === null ? [] : parsed(json);
  return Array.isArray(list) ? list.filter((one): one is string => typeof one === "string") : [];
}

function failuresOf(
  commands: CommandFacts,
  open_accepted_criteria: number,
  telemetry: readonly loopRows.TypeCount[],
  cycles: loopRows.LoopCycleCounts,
): Status["failures"] {
  const ingest = telemetry.filter(({ event_type }) => event_type.includes("ingest"));
  const counted = {
    failed_commands: commands.failed,
    failed_cycles: cycles.failed,
    pane_capture_failures: cycles.uncaptured,
    ingest_errors: sumOf(ingest.map(({ troubles }) => troubles)) + cycles.ingest_failures,
    open_accepted_criteria,
  };
  const alerts = Object.values(counted).filter((value) => value > 0).length;
  return { ...counted, resolved_failed_commands: commands.resolved, alerts };
}

/** What tells that a task is worked on by app threads. */
const APP_DISPATCH_TYPES = [
  "app_autopilot_automation_applied",
  "app_autopilot_started",
  "app_autopilot_stopped",
  "app_heartbeat",
  "app_wakeup_delivery_recorded",
  "app_wakeup_dispatch_planned",
  "command_created",
  "dispatch_inbox_consumed",
] as const;

function taskDispatch(tx: FastTx, task_id: string): Omit<Status["app_task_dispatch"], "note"> {
  const commands = loopRows.commandStatesOfTask(tx, task_id);
  const items = loopRows.itemStatesOfTask(tx, task_id);
  const telemetry = loopRows.telemetryOfTask(tx, task_id, APP_DISPATCH_TYPES);
  const by_event_type = byType(telemetry);
  const totals = {
    commands: sumOf(commands.map(({ total }) => total)),
    notifications: sumOf(items.map(({ total }) => total)),
    telemetry: sumOf(telemetry.map(({ total }) => total)),
  };
  const times = [loopRows.latestOfTask(tx, task_id), ...telemetry.map(({ latest }) => latest)];
  return {
    commands: { total: totals.commands, states: byStateName(commands) },
    notifications: {
      total: totals.notifications,
      states: byStateName(items),
      delivered_unconsumed: items.find(({ state }) => state === "delivered")?.unconsumed ?? 0,
    },
    telemetry: {
      total: totals.telemetry,
      by_event_type,
      command_created: by_event_type["command_created"] ?? 0,
      dispatch_inbox_consumed: by_event_type["dispatch_inbox_consumed"] ?? 0,
    },
    latest_event_at: times.reduce((latest, time) => (time !== null && (latest ?? "") < time ? time : latest), null),
    records_total: totals.commands + totals.notifications + totals.telemetry,
  };
}

const sumOf = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
const byStateName = (rows: readonly loopRows.StateCount[]) =>
  Object.fromEntries(rows.map((row) => [row.state, row.total]));
const byType = (rows: readonly { event_type: string; total: number }[]) =>
  Object.fromEntries(rows.map((row) => [row.event_type, row.total]));
