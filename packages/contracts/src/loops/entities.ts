import { z } from "zod";
import { counter, jsonPayload, listOf, NAME_CHARACTERS, newName, printable } from "../bounds.ts";
import { count, jsonObject, timestamp } from "../common.ts";
import { cli } from "../operation.ts";

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

/** How a loop stands (spec 05 §1.3). */
export const loopState = z.enum(["open", "exhausted", "closed"]);
export type LoopState = z.infer<typeof loopState>;

/** A run as it is listed: a loop policy also says how its loop stands. */
export const listedRun = run.extend({
  loop_state: loopState.nullable().describe("how the loop stands; null for a run that steers none"),
});
export type ListedRun = z.infer<typeof listedRun>;

/** A run that was asked for. */
export const createdRun = listedRun.extend({
  created: z.boolean().describe("whether it is new; false answers with the one of this name that there was"),
  warnings: z.array(z.string()).describe("stable names of doubtful but accepted facts"),
});

/** What an iteration has to show for one kind of evidence (spec 05 §3). */
export const artifactRequirement = z.object({
  type: z.enum(["object", "path", "number", "string", "boolean"]),
  description: z.string(),
  properties: z
    .record(z.string(), z.object({ type: z.enum(["string", "boolean", "number"]), description: z.string().optional() }))
    .optional(),
  required: z.array(z.string()).optional(),
});

/** A ready-made loop policy (spec 05 §3). */
export const templateDocument = z.object({
  name: z.string(),
  description: z.string(),
  max_iterations: counter,
  required_before_continue: z.array(z.string()),
  cleanup_policy: z.string(),
  stop_conditions: z.array(z.string()),
  recommended_tools: z.array(z.string()),
  tags: z.array(z.string()),
  artifact_requirements: z.record(z.string(), artifactRequirement),
  budgets: z.record(z.string(), count.nullable()).optional().describe("what else stops it"),
  freshness: z
    .record(
      z.string(),
      z.object({
        max_age_minutes: count.nullable().optional(),
        must_match: z.record(z.string(), z.string()).optional(),
      }),
    )
    .optional()
    .describe("how fresh evidence has to be, by type"),
  conflict_policy: z.object({ max_retries: count }).optional(),
  version: count.optional().describe("of an imported one"),
  sha256: z.string().optional().describe("hash of an imported one"),
});
export type LoopTemplateView = z.infer<typeof templateDocument>;

const budget = z.int().min(1).max(1_000_000).optional();

/** What a person may say about a loop policy that follows a template (spec 05 §5.1). */
export const policyFields = {
  name: newName(300).optional().describe("name of the run; default: made from task and time"),
  max_iterations: counter.min(1).optional().describe("iterations at most; default: the template's"),
  current_iteration: counter.default(0).describe("iteration that the loop stands at; 0: none has begun"),
  seed_prompt_sha256: printable(200).optional().describe("hash of the exact seed prompt, kept with the policy"),
  required_before_continue: listOf(z.string().max(NAME_CHARACTERS))
    .default([])
    .describe("evidence type that every further iteration needs, added to those of the template"),
  adversarial: z.boolean().default(false).describe("also require the evidence adversarial_check"),
  conflict_max_retries: counter
    .max(100)
    .optional()
    .describe("unresolved attempts at a merge conflict after which Dispatch refuses further ones; default: 2"),
  max_runtime_minutes: budget.describe("Dispatch begins no further iteration after this many minutes"),
  max_blocked_attempts: budget.describe("nor after this many refused requests to go on"),
  no_progress_iterations: budget.describe("nor when the work stayed the same for this many iterations"),
  freshness: cli(jsonPayload, { flag: "freshness-json", json: true, placeholder: "json" })
    .optional()
    .describe("how fresh evidence has to be, by type: {type: {max_age_minutes, must_match: {key: other type}}}"),
  merge_gate: z.enum(["on", "off"]).default("on").describe("off: the loop does not guard merging"),
};

/** What a receipt tells of the loop that it was recorded for (spec 05 §5.6). */
export const receiptRun = z.object({
  id: z.string(),
  name: z.string(),
  task_id: z.string(),
  preset: z.string().nullable(),
  current_iteration: count,
  max_iterations: count,
  required_before_continue: z.array(z.string()),
  stop_conditions: z.array(z.string()),
  cleanup_policy: z.string().nullable(),
  seed_prompt_sha256: z.string().nullable(),
  metadata: jsonObject,
});
export type ReceiptRun = z.infer<typeof receiptRun>;

/** How one required kind of evidence stands. */
export const evidenceStanding = z.object({
  evidence_type: z.string(),
  state: z
    .enum(["satisfied", "missing", "rejected", "incomplete", "stale"])
    .describe("incomplete: it passed, and lacks what the gate reads in it; stale: too old, or of other work"),
  criterion_id: z.int().nullable(),
  source: z.string().nullable(),
  updated_at: timestamp.nullable(),
});
export type EvidenceStandingView = z.infer<typeof evidenceStanding>;
