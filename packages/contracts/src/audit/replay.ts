import { z } from "zod";
import { rowCount } from "../bounds.ts";
import { taskArgument, timestamp } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { task } from "../tasks/entities.ts";
import { replayEntry } from "./entities.ts";

export const replayFormat = z.enum(["compact", "timeline", "transcript", "full-transcript"]);

export const replayRole = z.enum(["all", "worker", "manager", "reviewer", "workerctl"]);

/** `replay TASK` (spec 07 §7.10.2). */
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
