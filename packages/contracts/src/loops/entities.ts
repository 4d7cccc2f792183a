import { z } from "zod";
import { jsonObject, timestamp } from "../common.ts";

/** Names of the built-in loop templates (spec 05 §3). */
export const LOOP_TEMPLATES = [
  "app_visible_build_loop",
  "build_then_clear",
  "compact_then_continue",
  "pr_ci_merge_loop",
  "ship_it_loop",
  "test_coverage_loop",
  "visual_diff_loop",
] as const;

export type LoopTemplateName = (typeof LOOP_TEMPLATES)[number];

export const runStatus = z.enum(["active", "finished", "failed", "abandoned"]);

/** A named stretch of work on a task, or a loop policy (spec 05 §2.1). */
export const run = z.object({
  id: z.string(),
  task_id: z.string(),
  name: z.string(),
  purpose: z.string().nullable().describe("`ralph_loop` marks a loop policy"),
  status: runStatus,
  started_at: timestamp,
  ended_at: timestamp.nullable(),
  metadata: jsonObject,
});
export type Run = z.infer<typeof run>;
