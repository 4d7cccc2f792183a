import type { AutopilotPlan } from "@conveyor/contracts";
import { dispatcherLines, pairLine, threadText } from "./pair.ts";
import { lines, type View } from "./text.ts";

interface Shown {
  plan: AutopilotPlan;
  receipt: { event_id: string } | null;
}

const READINESS = {
  not_active: "not active",
  setup_required: "setup required",
  autonomous_ready: "goes on by itself",
} as const satisfies Record<AutopilotPlan["readiness"]["state"], string>;

/** How a pair is kept going, as a person reads it (spec 06 §6.2, `app-autopilot`). */
export function autopilotText({ plan, receipt }: Shown, view: View): string {
  const { colour } = view;
  const { readiness, quiescence, control, automation_specs, automation_state, last_policy_event } = plan;
  const paint = readiness.autonomous_ready ? colour.green : colour.yellow;
  const isQuiet = quiescence.state === "stop_recommended";
  return lines(
    `autopilot of task ${plan.task.name}: ${plan.desired_state}, for dispatcher ${plan.dispatcher_id}`,
    `readiness: ${paint(READINESS[readiness.state])}`,
    pairLine(plan.status, view),
    dispatcherLines(plan.status, plan.dispatcher, view),
    `status: ${control.status_command}`,
    `stop: ${control.stop_command}`,
    `quiescence: ${quiescence.state}, ${quiescence.reason}`,
    isQuiet && colour.yellow(`  stop it: ${control.stop_command}`),
    receipt !== null && `receipt ${receipt.event_id}`,
    receipt === null &&
      last_policy_event !== null &&
      `last change: ${last_policy_event.event_type}, ${last_policy_event.event_id}`,
    readiness.blockers.map((blocker) => colour.yellow(`blocker: ${blocker}`)),
    automation_specs.map((spec) =>
      lines(
        `${spec.role} automation "${spec.name}": ${spec.can_create ? "can be created" : colour.yellow(spec.blocker ?? "")}`,
        `  ${threadText({ id: spec.target_thread_id, title: spec.target_thread_title })}`,
        `  every ${spec.interval_minutes} min (${spec.rrule})`,
      ),
    ),
    automation_state.receipts.map(({ role, automation_id }) => `recorded for the ${role}: ${automation_id}`),
    control.note,
  );
}
