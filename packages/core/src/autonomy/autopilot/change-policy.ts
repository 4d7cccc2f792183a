import type { AutopilotPlan, PairStatus } from "@conveyor/contracts";
import { autonomyRows, type FastTx } from "@conveyor/store";
import type { Program } from "../../shared/command-line.ts";
import { type AutopilotSnapshot, autopilotPlanOf } from "./plan.ts";
import { type AutopilotWish, autopilotSnapshot, type Policy } from "./snapshot.ts";

/** What somebody wants of the autopilot. */
interface Change {
  program: Program;
  status: PairStatus;
  /** The policy as it is to be. */
  policy: Policy & { desired_state: "active" | "stopped" };
  wish: AutopilotWish;
}

/** A policy that was changed, with the plan that follows from it. */
export interface ChangedPolicy {
  plan: AutopilotPlan;
  event_id: string;
}

const WORDS = {
  active: { event: "app_autopilot_started", action: "start", done: "started" },
  stopped: { event: "app_autopilot_stopped", action: "stop", done: "stopped" },
} as const;

/** Tell that the autopilot is wanted or not, and keep that, in one transaction. */
export function changePolicy(tx: FastTx, { program, status, policy, wish }: Change): ChangedPolicy {
  const { dispatcher_id, desired_state, last_policy_event: _before, ...kept } = policy;
  const snapshot: AutopilotSnapshot = autopilotSnapshot(tx, status, policy, wish);
  const plan = autopilotPlanOf(program, snapshot);
  const { event, action, done } = WORDS[desired_state];
  const told = {
    severity: plan.summary.blocked_automations > 0 ? "warning" : "info",
    summary: `autopilot of task ${status.task.name} ${done}`,
    task_id: status.task.id,
    correlation: { command: "app-autopilot", action, dispatcher_id },
  } as const;
  const attributes = {
    automation_specs: plan.automation_specs.map(withoutPrompt),
    automation_state: plan.automation_state,
    dispatcher_command: plan.control.dispatcher_command,
    dispatcher_id,
    interval_minutes: plan.interval_minutes,
    quiescence: plan.quiescence,
    readiness: plan.readiness,
    summary: plan.summary,
  };
  const isStop = desired_state === "stopped";
  const event_id = isStop
    ? tx.tell("app_autopilot_stopped", {
        ...told,
        attributes: { ...attributes, desired_state: "stopped", stop_reason: "operator" },
      })
    : tx.tell("app_autopilot_started", { ...told, attributes: { ...attributes, desired_state: "active" } });
  autonomyRows.savePolicy(tx, {
    ...kept,
    task_id: status.task.id,
    dispatcher_id,
    desired_state,
    stopped_at: isStop ? tx.now : null,
    stop_reason: isStop ? "operator" : null,
    last_event_type: event,
    event_id,
  });
  return { plan: { ...plan, last_policy_event: { event_id, event_type: event, recorded_at: tx.now } }, event_id };
}

/** A prompt is content, so no event holds one. */
function withoutPrompt(spec: AutopilotPlan["automation_specs"][number]) {
  const { can_create, interval_minutes, name, role, target_thread_id, target_thread_title } = spec;
  return { can_create, interval_minutes, name, role, target_thread_id, target_thread_title };
}
