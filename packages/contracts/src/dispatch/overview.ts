import { z } from "zod";
import { boundAgent } from "../agent-status.ts";
import { listOf } from "../bounds.ts";
import { jsonObject, role, taskRef, taskRefObject, timestamp } from "../common.ts";
import { content } from "../content.ts";
import { acknowledgementStatus } from "../inbox/entities.ts";
import { operation } from "../operation.ts";
import { BY_NAME, RUNS_PROGRAMS } from "../refusals.ts";
import { taskState } from "../tasks/entities.ts";
import { dispatcher, dispatcherState } from "./dispatcher.ts";
import { deliveryMode } from "./entities.ts";
import { attemptState, commandState } from "./queued-command.ts";

/** States of a chain: of its command, or of the notification when no command asked for it. */
export const chainState = z.enum([...commandState.options, "delivered", "suppressed"]);
export type ChainState = z.infer<typeof chainState>;

const milliseconds = z.int().nullable();

/** A routed notification as a summary: who, what, when, but not its words. */
export const itemSummary = z.object({
  id: z.int(),
  task_id: z.string(),
  task_name: z.string(),
  command_id: z.string().nullable(),
  correlation_id: z.string(),
  signal_type: z.string(),
  source_event_id: z.int().nullable(),
  state: z.enum(["pending", "delivered", "failed", "suppressed"]),
  delivery_mode: deliveryMode,
  created_at: timestamp,
  delivered_at: timestamp.nullable(),
  consumed_at: timestamp.nullable(),
  consumed_by_session_id: z.string().nullable(),
  consumed_by_session_name: z.string().nullable(),
  consumed_manager_cycle_id: z.int().nullable(),
  source_session_id: z.string(),
  source_session_name: z.string(),
  target_session_id: z.string(),
  target_session_name: z.string(),
  side_effect_started: z.boolean(),
  side_effect_completed: z.boolean(),
  error: z.string().nullable(),
  acknowledgement: z
    .object({ status: acknowledgementStatus, role, created_at: timestamp })
    .nullable()
    .describe("the latest answer to it"),
});
export type ItemSummary = z.infer<typeof itemSummary>;

/** Why a command was refused by a policy (spec 06 §6.6.3). */
export const blockedPolicy = z.object({
  reason: z.string().nullable(),
  gate: z.string().nullable(),
  run_id: z.string().nullable(),
  current_iteration: z.int().nullable(),
  max_iterations: z.int().nullable(),
  requested_iteration: z.int().nullable(),
  missing_evidence: z.array(z.string()),
  required_before_continue: z.array(z.string()),
  manager_decision_id: z.int().nullable(),
  delivered: z.boolean(),
  target_worker_notified: z.boolean(),
});
export type BlockedPolicy = z.infer<typeof blockedPolicy>;

/** One step of what passed between manager and worker. */
export const conversationStep = z.object({
  kind: z.enum([
    "manager_decision",
    "queued_command",
    "dispatch_attempt",
    "routed_notification",
    "worker_receipt",
    "manager_cycle",
  ]),
  label: z.string(),
  detail: z.string().nullable(),
  at: timestamp.nullable(),
  show: z.string().nullable().describe("what `dispatch show` takes to tell its words; null when it has none"),
  message: content(z.string().optional(), "message").describe("its words, with --include-content"),
  message_redacted: z.boolean().optional(),
  message_byte_count: z.int().optional(),
  message_line_count: z.int().optional(),
});
export type ConversationStep = z.infer<typeof conversationStep>;

/** A command, or a notification that no command asked for, with everything that it led to (spec 03 §8). */
export const chain = z.object({
  key: z.string(),
  time: timestamp,
  summary: z.string(),
  task_id: z.string().nullable(),
  task_name: z.string().nullable(),
  command_id: z.string().nullable(),
  command_type: z.string(),
  command_state: chainState,
  correlation_id: z.string().nullable(),
  manager_cycle_id: z.int().nullable(),
  manager_decision_id: z.int().nullable(),
  source_event_id: z.int().nullable(),
  error: z.string().nullable(),
  refused: z.boolean().describe("it failed because a gate refused it: nothing broke"),
  side_effect_risk: z.boolean().describe("a side effect began and nobody knows how it ended"),
  available_at: timestamp.nullable(),
  max_attempts: z.int().nullable(),
  attempt_count: z.int(),
  claim: z
    .object({
      claimed_by: z.string(),
      claimed_at: timestamp.nullable(),
      claim_expires_at: timestamp.nullable(),
      expired: z.boolean(),
    })
    .nullable()
    .describe("who works on it"),
  blocked_policy: blockedPolicy.nullable(),
  attempts: z
    .array(
      z.object({
        id: z.int(),
        dispatcher_id: z.string(),
        state: attemptState,
        started_at: timestamp,
        finished_at: timestamp.nullable(),
        error: z.string().nullable(),
        side_effect_started: z.boolean(),
        side_effect_completed: z.boolean(),
        result: content(jsonObject.nullable(), "record"),
      }),
    )
    .describe("the newest"),
  notifications: z.array(itemSummary).describe("the newest"),
  notification_count: z.int(),
  conversation: z.array(conversationStep),
});
export type Chain = z.infer<typeof chain>;

export const dispatchHealth = z.object({
  core_status: z.enum(["active", "stale", "not_observed"]),
  operator_message: z.string(),
  heartbeat: z
    .object({
      dispatcher_id: z.string(),
      instance_id: z.string(),
      dry_run: z.boolean(),
      iteration: z.int(),
      processed_count: z.int().describe("results of its last pass"),
      total_processed: z.int(),
      stale: z.boolean(),
      stale_seconds: z.int().describe("whole seconds since then"),
      stale_after_seconds: z.number(),
      state: dispatcherState,
      timestamp,
    })
    .nullable()
    .describe("the newest sign of a dispatcher"),
  queued_count: z.int(),
  failed_count: z.int(),
  refused_count: z.int().describe("of the failed ones, those that a gate refused: nothing broke"),
  blocked_count: z.int(),
  stale_claim_count: z.int().describe("claimed commands whose lease has run out"),
  side_effect_risk_count: z.int(),
  suppressed_signal_count: z.int(),
});
export type DispatchHealth = z.infer<typeof dispatchHealth>;

const inboxOverview = z.object({
  pending_count: z.int(),
  pull_required_pending_count: z.int(),
  consumed_count: z.int(),
  sessions: z.array(
    z.object({
      session_id: z.string(),
      session_name: z.string(),
      session_role: role,
      pending_count: z.int(),
      pull_required_pending_count: z.int(),
      consumed_count: z.int(),
      latest_consumed_at: timestamp.nullable(),
      items: z.array(itemSummary).describe("the oldest that wait"),
    }),
  ),
});
export type InboxOverview = z.infer<typeof inboxOverview>;

export const percentiles = z.object({
  count: z.int(),
  p50_ms: milliseconds,
  p90_ms: milliseconds,
  p99_ms: milliseconds,
});
export type Percentiles = z.infer<typeof percentiles>;

const latency = z.object({
  sample_size: z.int().describe("items looked at; the newest"),
  enqueue_to_deliver: percentiles,
  deliver_to_consume: percentiles,
  consume_to_ack: percentiles,
  unanswered_count: z.int().describe("items of the sample that somebody took and nobody has acknowledged since"),
  oldest_unconsumed_seconds: z.int().nullable().describe("how long the oldest item has waited"),
});
export type Latency = z.infer<typeof latency>;

/** `dispatch status` (spec 03 §8, §13 items 6 and 7). */
export const overview = operation({
  path: "dispatch.overview",
  kind: "query",
  summary: "Show whether messages travel: dispatchers, queue, inboxes, latencies and the newest chains",
  ledger: "read",
  refuses: [...BY_NAME, ...RUNS_PROGRAMS],
  cli: {
    command: "dispatch",
    place: 130,
    action: "status",
    prints: "text",
    examples: ["dispatch status", "dispatch status --task auth --state failed --state blocked --json"],
  },
  input: z.object({
    task: taskRef.optional().describe("only what belongs to this task"),
    state: listOf(chainState).default([]).describe("only chains in this state"),
    before: z
      .int()
      .min(1)
      .max(Number.MAX_SAFE_INTEGER)
      .optional()
      .describe("go on with older chains, from `older` of the answer before"),
    limit: z.int().min(1).max(100).default(12).describe("at most this many chains"),
    include_content: z.boolean().default(false).describe("show message bodies instead of redacting them"),
  }),
  output: z.object({
    polled_at: timestamp,
    task: taskRefObject.extend({ state: taskState }).nullable(),
    health: dispatchHealth,
    agents: z
      .array(boundAgent.extend({ task_id: z.string(), task_name: z.string() }))
      .describe("the sessions of live bindings, those that need somebody first"),
    agent_count: z.int().describe("how many there are; of more than a hundred only the most urgent are listed"),
    inbox: inboxOverview,
    chains: z.array(chain).describe("newest first"),
    older: z.int().nullable().describe("what --before takes for the chains before these; null when there are none"),
    dispatchers: z.array(dispatcher).describe("those that work first, then silent ones, then those that stopped last"),
    duplicate_dispatcher_ids: z.array(z.string()).describe("ids under which several processes work at once"),
    latency,
    count_limit: z.int().describe("counting stops here, so that a count as high as this means at least so many"),
  }),
});
export type DispatchOverview = z.infer<typeof overview.output>;
