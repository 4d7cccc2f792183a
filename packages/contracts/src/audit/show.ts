import { z } from "zod";
import { label, listOf, oneOrMoreRows } from "../bounds.ts";
import { jsonObject, taskArgument, timestamp } from "../common.ts";
import { content } from "../content.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { task } from "../tasks/entities.ts";
import { correlationChain, sinceTime } from "./entities.ts";

/** One row of a section: the columns of its table, JSON columns parsed under the name without `_json`. */
const rows = z.array(content(jsonObject, "record"));

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

const sections = z.object({
  events: z.array(content(auditEvent, "record")),
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

/** `audit TASK` (spec 07 §7.10.1). Sections left out by `sections` are absent. */
export const show = operation({
  path: "audit.show",
  kind: "query",
  summary: "Show the recorded history of one task",
  ledger: "read",
  refuses: BY_NAME,
  cli: {
    command: "audit",
    place: 10,
    prints: "text",
    examples: ["audit auth", "audit auth --json --sections events,commands", "audit auth --json --since 24h"],
  },
  input: z.object({
    task: taskArgument,
    include_content: z
      .boolean()
      .default(false)
      .describe("show message bodies and captured text instead of redacting them"),
    limit: oneOrMoreRows.optional().describe("at most this many rows per section, the newest ones; default 10000"),
    since: sinceTime.optional().describe("only rows created since this time or within this window (30m, 24h, 7d)"),
    type: listOf(label).default([]).describe("only audit events of this type; repeatable"),
    sections: z.string().max(1000).optional().describe("comma-separated names of the sections to show; default all"),
  }),
  output: sections.partial().extend({
    task,
    cut_sections: z
      .array(z.string())
      .optional()
      .describe("sections of which older rows were left out; absent when all is there, or a limit was given"),
  }),
});
