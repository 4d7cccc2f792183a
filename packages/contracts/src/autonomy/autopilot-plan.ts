import { z } from "zod";
import { counter } from "../bounds.ts";
import { count, role, timestamp } from "../common.ts";
import { dispatcherNeed, pairScope, pairStatus } from "./entities.ts";
import { QUIESCENCE_REASONS, READINESS_BLOCKERS } from "./words.ts";

const DAY_SECONDS = 86_400;

/** What every action of `app-autopilot` takes (spec 06 §6.2). */
export const autopilotScope = {
  ...pairScope,
  dispatcher_id: pairScope.dispatcher_id.describe(
    "dispatcher that the policy is kept for, and whose heartbeat counts; default: dispatch-local, and any live one counts",
  ),
  interval: z
    .number()
    .gt(0)
    .max(DAY_SECONDS)
    .optional()
    .describe("seconds between two looks of Dispatch in the printed command; default: the policy's, else 2"),
  watch_iterations: counter
    .min(1)
    .optional()
    .describe("looks of Dispatch in the printed command; default: the policy's, else 1000000"),
  quiet_after: counter
    .optional()
    .describe(
      "quiet heartbeats of both roles until stopping is recommended, 0 for never; default: the policy's, else 3",
    ),
};

const automationSpec = z.object({
  role,
  kind: z.literal("heartbeat"),
  name: z.string(),
  interval_minutes: z.int(),
  rrule: z.string(),
  suggested_interval_minutes: z.int().describe("longer while nothing happens; see `cadence`"),
  suggested_rrule: z.string(),
  target_thread_id: z.string().nullable(),
  target_thread_title: z.string().nullable(),
  prompt: z.string(),
  can_create: z.boolean().describe("its thread is known"),
  blocker: z.string().nullable().describe("why it cannot be created"),
  blocker_code: z.literal("missing_thread").nullable(),
});
export type AutomationSpec = z.infer<typeof automationSpec>;

const automationState = z.object({
  required_count: z.int(),
  applied_count: count,
  applied_roles: z.array(role),
  missing_roles: z.array(role).describe("whose automation nobody recorded since the last start"),
  receipts: z.array(z.object({ role, automation_id: z.string(), event_id: z.string(), recorded_at: timestamp })),
});
export type AutomationState = z.infer<typeof automationState>;

const quiescence = z.object({
  state: z.enum(["not_applicable", "monitoring", "stop_recommended"]),
  recommended_action: z.enum(["continue", "stop_autopilot"]),
  quiet_after: timestamp.nullable().describe("when something happened last"),
  quiet_cycles: count.describe("heartbeats that both roles have given since"),
  threshold_cycles: count.describe("0: never stop for quiet"),
  reason: z.string(),
  reason_code: z.enum(QUIESCENCE_REASONS),
});
export type Quiescence = z.infer<typeof quiescence>;

const readiness = z.object({
  state: z.enum(["not_active", "setup_required", "autonomous_ready"]),
  autonomous_ready: z.boolean().describe("nobody may call the pair autonomous while this is false"),
  policy_started: z.boolean(),
  dispatcher_ready: z.boolean(),
  roles_ready: z.object({ manager: z.boolean(), worker: z.boolean() }),
  blockers: z.array(z.string()),
  blocker_codes: z.array(z.enum(READINESS_BLOCKERS)).describe("the same, for programs"),
});
export type AutopilotReadiness = z.infer<typeof readiness>;

/** How a pair is kept going, and how far that has come (spec 06 §6.2). */
export const autopilotPlan = z.object({
  task: pairStatus.shape.task,
  status: pairStatus,
  dispatcher_id: z.string().describe("the dispatcher that the policy is kept for"),
  desired_state: z.enum(["active", "stopped", "unconfigured"]),
  interval_minutes: z.int(),
  last_policy_event: z.object({ event_id: z.string(), event_type: z.string(), recorded_at: timestamp }).nullable(),
  automation_specs: z.array(automationSpec).describe("the manager's, then the worker's"),
  automation_state: automationState,
  control: z.object({
    dispatcher_command: z.string(),
    status_command: z.string(),
    stop_command: z.string(),
    record_automation_command: z.string().describe("with open places, for either role"),
    wakeup_dispatch_command: z.string(),
    note: z.string(),
  }),
  dispatcher: dispatcherNeed,
  quiescence,
  cadence: z.object({
    interval_minutes: z.int().describe("what the threads may be woken at now"),
    reason: z.string(),
  }),
  readiness,
  summary: z.object({
    total_automations: z.int(),
    creatable_automations: count,
    blocked_automations: count,
    applied_automations: count,
    dispatcher_required: z.boolean(),
    autonomous_ready: z.boolean(),
    quiescence_recommended: z.boolean(),
  }),
});
export type AutopilotPlan = z.infer<typeof autopilotPlan>;
