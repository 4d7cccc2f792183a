import { z } from "zod";
import { agentStatus, attention } from "../agent-status.ts";
import { wholeSeconds } from "../bounds.ts";
import { jsonObject, role, taskArgument, timestamp } from "../common.ts";
import { content } from "../content.ts";
import { criteriaSummary, criterion } from "../criteria/entities.ts";
import { inboxItem } from "../inbox/entities.ts";
import { operation } from "../operation.ts";
import { BY_NAME, ROLLOUT, RUNS_PROGRAMS } from "../refusals.ts";
import { ingestReport } from "./entities.ts";

/** What the pane of a session shows (spec 02 §7.4). */
export const paneSignal = z.object({
  captured: z.boolean(),
  classifier: z.object({ pattern: z.string(), reason: z.string(), recommended_action: z.string() }).nullable(),
  notable_pattern: z.string().nullable(),
  degraded: z.boolean(),
  reason: z.string(),
  status_age_seconds: z.int().nullable(),
  error_code: z.string().nullable(),
  attention,
  pane_title: z.string().nullable(),
});
export type PaneSignal = z.infer<typeof paneSignal>;

/** The running turn, else the latest one (spec 02 §4.4). */
export const turnSummary = z.object({
  turn_id: z.string().nullable(),
  trigger: z.string().nullable(),
  kind: z.enum(["work", "review", "maintenance"]),
  started_at: z.string().nullable(),
  ended_at: z.string().nullable(),
  outcome: z.enum(["running", "completed", "failed", "interrupted", "lost"]),
  error_info: z.string().nullable(),
  error_message_redacted: z.boolean(),
  duration_ms: z.number().nullable(),
});

/** The criteria of a task as a manager reads them; `open` are the accepted ones, which still need proof. */
export const acceptanceCriteria = z.object({
  summary: criteriaSummary,
  open: z.array(criterion),
  proposed: z.array(criterion),
  accepted: z.array(criterion),
  satisfied: z.array(criterion),
  deferred: z.array(criterion),
  rejected: z.array(criterion),
});

/** The supervision contract of a task, with its JSON columns opened (spec 02 §8.3). */
const managerConfig = z.looseObject({ task_id: z.string(), revision: z.int(), require_acks: z.boolean() });

const acknowledgement = z.looseObject({
  id: z.int(),
  task_id: z.string(),
  role,
  revision: z.int(),
  payload: content(jsonObject, "whole"),
});

export const workerReceipt = z.object({
  binding_id: z.string(),
  source_event_id: z.int(),
  source_event_timestamp: z.string().nullable(),
  source_session_id: z.string(),
  source_session_name: z.string(),
  turn_id: z.string().nullable(),
  last_agent_message: content(z.string().nullable()),
  completed_at: z.number().nullable(),
  duration_ms: z.number().nullable(),
  time_to_first_token_ms: z.number().nullable(),
  outcome: z.enum(["completed", "failed"]),
  before_binding: z.boolean().describe("the turn ended before this binding began"),
});

export const managerContext = z.object({
  manager_config: managerConfig.nullable(),
  worker_ack: acknowledgement.nullable(),
  manager_ack: acknowledgement.nullable(),
  worker_handoff: z.looseObject({ id: z.int(), summary: z.string() }).nullable(),
  worker_receipt: workerReceipt.nullable(),
  acceptance_criteria: acceptanceCriteria,
  criteria_negotiation: z.object({
    task: z.string(),
    needed: z.boolean(),
    reason: z.enum(["no_criteria", "no_current_task_criteria", "active_criteria_present"]),
    prompt: z.string().nullable(),
    suggested_actions: z.array(z.string()),
  }),
});
export type ManagerContext = z.infer<typeof managerContext>;

/** What is stored of a cycle; its answer adds when it ran. */
export const cycleStatus = z.object({
  kind: z.literal("session_cycle"),
  task: z.string(),
  binding_id: z.string(),
  worker_session: z.string(),
  manager_session: z.string(),
  ingest: ingestReport,
  state: z.enum(["busy", "idle", "unknown"]),
  last_state_event_at: z.string().nullable(),
  staleness_seconds: z.int().nullable(),
  pane_signal: paneSignal,
  notable_pane_pattern: z.string().nullable(),
  worker_alive: z.boolean(),
  manager_alive: z.boolean(),
  writer_alive: z.boolean().nullable(),
  last_event_type: z.string().nullable(),
  last_event_subtype: z.string().nullable(),
  last_event_item_type: z.string().nullable(),
  conflict: z
    .enum(["other_thread", "busy_title"])
    .nullable()
    .describe(
      "the pane's title disagrees with the rollout: it names another thread (after /clear; see ingest.thread_switch), or shows a turn of which no record came; then nothing counts as complete",
    ),
  task_completed: z.boolean(),
  turn: turnSummary.nullable(),
  attention,
  agent_status: agentStatus.describe("the worker's, as lists and the page show it"),
  consumed_dispatch_notifications: z.int(),
  dispatch_notifications: z.array(inboxItem),
  manager_context: managerContext,
});
export type CycleStatus = z.infer<typeof cycleStatus>;

/** `cycle TASK` (spec 02 §8.3). */
export const cycle = operation({
  path: "observation.cycle",
  kind: "mutation",
  summary: "Observe a task's worker once and show what a manager needs to decide",
  ledger: "write",
  refuses: [...BY_NAME, ...ROLLOUT, ...RUNS_PROGRAMS, "gate_failed", "no_active_binding", "terminal_state"],
  shows_content: true,
  cli: { command: "cycle", place: 30, prints: "json", examples: ["cycle auth"] },
  input: z.object({
    task: taskArgument,
    busy_wait_seconds: wholeSeconds.default(90).describe("how long a busy screen is normal, in seconds"),
  }),
  output: cycleStatus.extend({ cycle_id: z.int(), cycle_started_at: timestamp, cycle_completed_at: timestamp }),
});
