import { z } from "zod";
import { label, listOf, rowCount } from "../bounds.ts";
import { taskArgument, timestamp } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { task } from "../tasks/entities.ts";
import { replayEntry, sinceTime } from "./entities.ts";
import { ENTRY_KINDS } from "./words.ts";

export const replayFormat = z.enum(["compact", "timeline", "transcript", "full-transcript"]);

export const replayRole = z.enum(["all", "worker", "manager", "reviewer", "workerctl"]);

const cursor = label.describe("a place in the timeline, as an answer names it");

/** What both ways of looking at a timeline choose by. */
const chosen = {
  task: taskArgument,
  format: replayFormat
    .default("timeline")
    .describe("how much of it: decisions and deliveries, everything, with terminal excerpts, with full text"),
  role: replayRole.default("all").describe("only what this role did or saw"),
  kind: listOf(z.enum(ENTRY_KINDS)).default([]).describe("only entries of this kind; repeatable"),
  correlation: label.optional().describe("only what bears this correlation id, or a cycle took of it"),
  spans: z.boolean().default(false).describe("also the phases of every cycle"),
  include_content: z
    .boolean()
    .default(false)
    .describe("show message bodies and captured text instead of redacting them"),
};

/** `replay TASK` (spec 07 §7.10.2, §7.13 item 2). */
export const replay = operation({
  path: "audit.replay",
  kind: "query",
  summary: "Reconstruct what happened to a task, in order",
  ledger: "read",
  refuses: BY_NAME,
  cli: {
    command: "replay",
    place: 20,
    prints: "text",
    notes: "Without --limit the newest 10000 entries; what lies before them is reached with --before.",
    examples: [
      "replay auth",
      "replay auth --format compact --limit 20",
      "replay auth --role worker --json",
      "replay auth --since 24h --kind decision --kind finish",
      "replay auth --around manager_decisions/7 --limit 10",
    ],
  },
  input: z.object({
    ...chosen,
    limit: rowCount.optional().describe("only the last N entries; 0 shows none"),
    since: sinceTime.optional().describe("only entries of this time or later, or of this window (30m, 24h, 7d)"),
    until: sinceTime.optional().describe("only entries of this time or earlier, or from before this window"),
    before: cursor.optional().describe("only what stands before this place: `earlier` of an answer"),
    around: label
      .optional()
      .describe("the entries on either side of this one, named SOURCE/ID, such as commands/command-9a; default 20"),
  }),
  output: z.object({
    task,
    mode: replayFormat,
    role: replayRole,
    entry_count: z.int(),
    total_entry_count: z.int().describe("how many there are by format, role and filters, before limit and place"),
    earlier: z
      .string()
      .nullable()
      .describe("where to go on towards the beginning, with --before; null: nothing is left"),
    later: z.string().nullable().describe("where a stream goes on behind the last entry"),
    finish: z
      .object({ timestamp, summary: z.string() })
      .nullable()
      .describe("the closing entry, also when the limit cut it off"),
    entries: z.array(replayEntry),
  }),
});

/** `replay TASK --follow` (spec 07 §7.13 item 1). */
export const onEntry = operation({
  path: "audit.onEntry",
  kind: "subscription",
  summary: "Follow what happens to a task",
  ledger: "read",
  refuses: BY_NAME,
  cli: {
    command: "replay",
    place: 25,
    select: "follow",
    prints: "lines",
    notes: [
      "What is delivered or completed later is told again at that moment. Chains are derived from what has happened to a",
      "command and are not among it.",
    ].join(" "),
    examples: ["replay auth --follow", "replay auth --follow --backlog 20 --role manager"],
  },
  input: z.object({ ...chosen, backlog: rowCount.default(0).describe("begin with the last N entries there are") }),
  output: replayEntry,
});
