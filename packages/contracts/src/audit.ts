import { z } from "zod";
import { label, listOf, oneOrMoreRows, rowCount } from "./bounds.ts";
import { jsonObject, taskArgument, taskRef, taskRefObject, timestamp } from "./common.ts";
import { cli, operation } from "./operation.ts";
import { task } from "./tasks.ts";

/** The sections of an audit document, in the order of the document (spec 07 §7.10.1). */
export const AUDIT_SECTIONS = [
  "events",
  "acceptance_criteria",
  "commands",
  "command_attempts",
  "routed_notifications",
  "notification_acknowledgements",
  "manager_decisions",
  "manager_cycles",
  "manager_cycle_spans",
  "task_acknowledgements",
  "task_continuations",
  "continuation_reviews",
  "epilogue_runs",
  "agent_observations",
  "terminal_captures",
  "transcript_segments",
  "session_nudges",
  "correlation_chains",
] as const;
export type AuditSection = (typeof AUDIT_SECTIONS)[number];

/** One row of a section: the columns of its table, JSON columns parsed under the name without `_json`. */
const rows = z.array(jsonObject);

export const auditEvent = z.looseObject({
  id: z.int(),
  created_at: timestamp,
  actor: z.string(),
  type: z.string(),
  payload: jsonObject,
  command_id: z.string().nullable(),
  correlation_id: z.string().nullable(),
  task_id: z.string().nullable(),
});

/** A command, or a notification that no command asked for, with everything that it led to (spec 03 §6.13). */
export const correlationChain = z.looseObject({
  attempt_ids: z.array(z.int()),
  command_id: z.string().nullable(),
  command_state: z.string(),
  command_type: z.string(),
  correlation_id: z.string().nullable(),
  created_at: timestamp,
  manager_cycle_id: z.int().nullable(),
  manager_decision_id: z.int().nullable(),
  routed_notification_ids: z.array(z.int()),
});

const sections = z.object({
  events: z.array(auditEvent),
  acceptance_criteria: rows,
  commands: rows,
  command_attempts: rows,
  routed_notifications: rows,
  notification_acknowledgements: rows,
  manager_decisions: rows,
  manager_cycles: rows,
  manager_cycle_spans: rows,
  task_acknowledgements: rows,
  task_continuations: rows,
  continuation_reviews: rows,
  epilogue_runs: rows,
  agent_observations: rows,
  terminal_captures: rows,
  transcript_segments: rows,
  session_nudges: rows,
  correlation_chains: z.array(correlationChain),
});

const window = z
  .string()
  .max(64)
  .regex(
    /^([1-9][0-9]{0,8}[smhdw]|\d{4}-\d{2}-\d{2}.*)$/i,
    "must be a window such as 30m, 24h, 7d, or an ISO timestamp",
  );

/** `audit TASK` (spec 07 §7.10.1). Sections left out by `sections` are absent. */
export const show = operation({
  path: "audit.show",
  kind: "query",
  summary: "Show the recorded history of one task",
  ledger: "read",
  cli: {
    command: "audit",
    prints: "text",
    examples: ["audit auth", "audit auth --json --sections events,commands", "audit auth --json --since 24h"],
  },
  input: z.object({
    task: taskArgument,
    include_content: z
      .boolean()
      .default(false)
      .describe("show message bodies and captured text instead of redacting them"),
    limit: oneOrMoreRows.optional().describe("at most this many rows per section, the newest ones"),
    since: window.optional().describe("only rows created since this time or within this window (30m, 24h, 7d)"),
    type: listOf(label).default([]).describe("only audit events of this type; repeatable"),
    sections: z.string().max(1000).optional().describe("comma-separated names of the sections to show; default all"),
  }),
  output: sections.partial().extend({ task }),
});

export const replayFormat = z.enum(["compact", "timeline", "transcript", "full-transcript"]);
export const replayRole = z.enum(["all", "worker", "manager", "reviewer", "workerctl"]);

export const replayEntry = z.object({
  timestamp,
  actor: z.string(),
  kind: z.string(),
  source: z.string(),
  source_id: z.union([z.int(), z.string()]).nullable(),
  summary: z.string(),
  details: jsonObject,
  content: z.string().nullable().optional(),
});
export type ReplayEntry = z.infer<typeof replayEntry>;

/** `replay TASK` (spec 07 §7.10.2). */
export const replay = operation({
  path: "audit.replay",
  kind: "query",
  summary: "Reconstruct what happened to a task, in order",
  ledger: "read",
  cli: {
    command: "replay",
    prints: "text",
    examples: ["replay auth", "replay auth --format compact --limit 20", "replay auth --role worker --json"],
  },
  input: z.object({
    task: taskArgument,
    format: replayFormat
      .default("timeline")
      .describe("how much of it: decisions and deliveries, everything, with terminal excerpts, with full text"),
    role: replayRole.default("all").describe("only what this role did or saw"),
    limit: rowCount.optional().describe("only the last N entries; 0 shows none"),
    spans: z.boolean().default(false).describe("also the phases of every cycle"),
    include_content: z
      .boolean()
      .default(false)
      .describe("show message bodies and captured text instead of redacting them"),
  }),
  output: z.object({
    task,
    mode: replayFormat,
    role: replayRole,
    entry_count: z.int(),
    total_entry_count: z.int(),
    finish: z
      .object({ timestamp, summary: z.string() })
      .nullable()
      .describe("the closing entry, also when the limit cut it off"),
    entries: z.array(replayEntry),
  }),
});

/** One thing that bears a correlation id, as `replay` tells it; `details` is the row itself, without its content. */
export const traceEntry = replayEntry.omit({ content: true }).extend({
  seq: z.int().describe("place in the ledger's one order"),
});
export type TraceEntry = z.infer<typeof traceEntry>;

const milliseconds = z.int().min(0).nullable();

/** How long a message took from step to step; null where a step is missing (spec 03 §13 item 4). */
export const messageLatency = z.object({
  command_id: z.string().nullable(),
  notification_id: z.int().nullable(),
  type: z.string().describe("type of the command, else the signal"),
  enqueue_to_claim_ms: milliseconds.describe("until a dispatcher first claimed the command"),
  enqueue_to_deliver_ms: milliseconds.describe("of a notification without command: since it was written"),
  deliver_to_consume_ms: milliseconds,
  consume_to_ack_ms: milliseconds.describe("until the first acknowledgement after it was taken"),
});
export type MessageLatency = z.infer<typeof messageLatency>;

/** `trace CORRELATION_ID` (spec 03 §13 item 4). */
export const trace = operation({
  path: "audit.trace",
  kind: "query",
  summary: "Follow one correlation id through everything that bears it",
  ledger: "read",
  cli: {
    command: "trace",
    prints: "text",
    notes:
      "An id that stands on acknowledgements or in telemetry only is found with --task, which looks through those of the task.",
    examples: ["trace slice-4", "trace slice-4 --task auth --json", "trace slice-4 --include-content"],
  },
  input: z.object({
    correlation_id: cli(label, { position: 0, placeholder: "correlation-id" }).describe("the id to follow"),
    task: taskRef.optional().describe("only what belongs to this task"),
    include_content: z.boolean().default(false).describe("show message bodies instead of redacting them"),
  }),
  output: z.object({
    correlation_id: z.string(),
    tasks: z.array(taskRefObject).describe("the tasks that it touches"),
    entries: z.array(traceEntry).describe("in the order in which it happened"),
    entry_count: z.int(),
    truncated: z.boolean().describe("there is more than shown: of each kind the newest 1000"),
    latencies: z.array(messageLatency).describe("one per notification, and one per command without any"),
    correlation_chains: z.array(correlationChain),
  }),
});
