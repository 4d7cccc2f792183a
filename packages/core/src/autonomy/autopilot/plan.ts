import type { AutomationSpec, AutomationState, AutopilotPlan, PairStatus, Role } from "@conveyor/contracts";
import { HEARTBEAT_INTERVAL_MINUTES } from "@conveyor/contracts/autonomy/words";
import type { autonomyRows } from "@conveyor/store";
import type { Program } from "../../shared/command-line.ts";
import { pairCommands } from "../prompts/commands.ts";
import { wakePrompt } from "../wake-prompt.ts";
import { cadenceOf, type QuietFacts, quiescenceOf } from "./quiescence.ts";
import { readinessOf } from "./readiness.ts";

const ROLES = ["manager", "worker"] as const satisfies readonly Role[];

/** How Dispatch is to be run, and when quiet is enough. */
export interface AutopilotTerms {
  interval_seconds: number;
  watch_iterations: number;
  quiet_after: number;
}

/** Everything that a plan rests on, at one instant. */
export interface AutopilotSnapshot {
  status: PairStatus;
  /** The dispatcher that was asked for, or null. */
  wished_dispatcher_id: string | null;
  /** The one that the policy is kept for. */
  dispatcher_id: string;
  desired_state: AutopilotPlan["desired_state"];
  last_policy_event: AutopilotPlan["last_policy_event"];
  terms: AutopilotTerms;
  /** The newest automation of each role since the autopilot was started. */
  automations: readonly autonomyRows.AutomationRow[];
  quiet: Pick<QuietFacts, "anchor" | "heartbeats">;
}

const NOTE =
  "A shell program cannot create app automations: create those of automation_specs in a session of the app, then record each here with record_automation_command.";

/** How a pair is kept going, and how far that has come (spec 06 §6.2, `app-autopilot`). Pure. */
export function autopilotPlanOf(program: Program, snapshot: AutopilotSnapshot): AutopilotPlan {
  const { status, dispatcher_id, desired_state, terms, last_policy_event } = snapshot;
  const isActive = desired_state === "active";
  const quiescence = quiescenceOf({
    policy_active: isActive,
    threshold_cycles: terms.quiet_after,
    is_well: status.ok && status.next_actions.length === 0,
    ...snapshot.quiet,
  });
  const cadence = cadenceOf(quiescence);
  const automation_specs = specsOf(program, snapshot, cadence.interval_minutes);
  const automation_state = automationState(isActive ? snapshot.automations : []);
  const { missing_roles } = automation_state;
  const readiness = readinessOf({ desired_state, dispatcher_id, status, specs: automation_specs, missing_roles });
  const control = controlOf(program, snapshot);
  const required = status.dispatch.state !== "healthy";
  const creatable = automation_specs.filter(({ can_create }) => can_create).length;
  return {
    task: status.task,
    status,
    dispatcher_id,
    desired_state,
    interval_minutes: HEARTBEAT_INTERVAL_MINUTES,
    last_policy_event,
    automation_specs,
    automation_state,
    control,
    dispatcher: { state: status.dispatch.state, required, command: control.dispatcher_command },
    quiescence,
    cadence,
    readiness,
    summary: {
      total_automations: automation_specs.length,
      creatable_automations: creatable,
      blocked_automations: automation_specs.length - creatable,
      applied_automations: automation_state.applied_count,
      dispatcher_required: required,
      autonomous_ready: readiness.autonomous_ready,
      quiescence_recommended: quiescence.state === "stop_recommended",
    },
  };
}

const everyMinutes = (minutes: number) => `FREQ=MINUTELY;INTERVAL=${minutes}`;

function specsOf(
  program: Program,
  { status, wished_dispatcher_id }: AutopilotSnapshot,
  suggested_interval_minutes: number,
): AutomationSpec[] {
  const prompt = wakePrompt(program, status, wished_dispatcher_id);
  return ROLES.map((role) => {
    const { name, codex_app_thread_id, codex_app_thread_title } = status[role];
    const can_create = codex_app_thread_id !== null;
    return {
      role,
      kind: "heartbeat",
      name: `Conveyor ${status.task.name} ${role} heartbeat`,
      interval_minutes: HEARTBEAT_INTERVAL_MINUTES,
      rrule: everyMinutes(HEARTBEAT_INTERVAL_MINUTES),
      suggested_interval_minutes,
      suggested_rrule: everyMinutes(suggested_interval_minutes),
      target_thread_id: codex_app_thread_id,
      target_thread_title: codex_app_thread_title,
      prompt: prompt(role),
      can_create,
      blocker: can_create ? null : `no app thread id is registered for the ${role} ${name}: register the thread first`,
      blocker_code: can_create ? null : "missing_thread",
    };
  });
}

function automationState(receipts: readonly autonomyRows.AutomationRow[]): AutomationState {
  const applied = ROLES.filter((role) => receipts.some((one) => one.role === role));
  return {
    required_count: ROLES.length,
    applied_count: applied.length,
    applied_roles: applied,
    missing_roles: ROLES.filter((role) => !applied.includes(role)),
    receipts: [...receipts],
  };
}

function controlOf(program: Program, snapshot: AutopilotSnapshot): AutopilotPlan["control"] {
  const { status, wished_dispatcher_id, dispatcher_id, terms } = snapshot;
  const commands = pairCommands(program, { task: status.task.name, dispatcher_id: wished_dispatcher_id });
  return {
    dispatcher_command: commands.watch_within(dispatcher_id, terms),
    status_command: commands.autopilot.status,
    stop_command: commands.autopilot.stop,
    record_automation_command: commands.autopilot.record_automation,
    wakeup_dispatch_command: commands.dispatch_wakeup,
    note: NOTE,
  };
}
