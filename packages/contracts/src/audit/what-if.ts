import { z } from "zod";
import { filePath, longSeconds } from "../bounds.ts";
import { count, taskArgument, taskRefObject, timestamp } from "../common.ts";
import { COMPLETION_MODES } from "../contract/words.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";

const gate = z.boolean().optional();

/** Other rules to judge recorded facts by; what a policy leaves out is as it was. */
export const whatIfPolicy = z.strictObject({
  permissions: z
    .record(z.string(), z.unknown())
    .optional()
    .describe("what managers may do, as manager-config takes it"),
  nudge_on_completion: z.enum(COMPLETION_MODES).optional().describe("what happens when a turn is over"),
  finish: z
    .strictObject({
      require_criteria_audit: gate,
      require_acks: gate,
      require_epilogue: gate,
      require_adversarial_proof: gate,
      strict_decisions: gate,
    })
    .optional()
    .describe("which gates a task must pass to be finished"),
  decision_max_age_seconds: longSeconds.optional().describe("for how long a decision justifies something"),
  stale_cycles_seconds: longSeconds.optional().describe("a worker that nobody looked at for this long is a stall"),
  lease_stale_seconds: longSeconds.optional().describe("a role without a sign of life for this long is to be woken"),
});
export type WhatIfPolicy = z.infer<typeof whatIfPolicy>;

/** What was decided, or would have been: allowed or refused, and for which reasons. */
const verdict = z.object({ allowed: z.boolean(), reasons: z.array(z.string()) });

export const rejudged = z.object({
  seq: z.int().describe("place in the ledger's one order"),
  at: timestamp,
  kind: z.enum(["permission", "finish", "review"]),
  source: z.string(),
  source_id: z.union([z.int(), z.string()]),
  what: z.string().describe("what was asked: a permission, a command, a review"),
  recorded: verdict,
  replayed: verdict,
});
export type Rejudged = z.infer<typeof rejudged>;

/** A time in which nothing was heard, and when that would have been noticed. */
const silence = z.object({
  who: z.string().describe("a role, or the task whose worker nobody looked at"),
  from: timestamp,
  until: timestamp.nullable().describe("null: to the end of the record"),
  noticed_at: timestamp.nullable().describe("by the rules in force; null: it was over before"),
  replayed_at: timestamp.nullable().describe("by the policy"),
});
export type Silence = z.infer<typeof silence>;

/** `replay TASK --policy FILE`: what would have come out differently (issue 14). */
export const whatIf = operation({
  path: "audit.whatIf",
  kind: "query",
  summary: "Judge what was recorded of a task by another policy, and tell what would have come out differently",
  ledger: "read",
  refuses: BY_NAME,
  cli: {
    command: "replay",
    place: 27,
    select: "policy",
    prints: "text",
    notes: [
      'A policy: {"finish":{"require_criteria_audit":true},"permissions":{"repo":["open_pr"]},"stale_cycles_seconds":600}.',
      "What it leaves out is as it was; {} judges everything again by the rules that were in force.",
    ].join("\n"),
    examples: ["replay auth --policy stricter.json", "replay auth --policy stricter.json --json"],
  },
  input: z.object({
    task: taskArgument,
    policy: cli(filePath, { path: true, placeholder: "file" }).describe("a JSON file with the other rules"),
  }),
  output: z.object({
    task: taskRefObject,
    judged: z.object({ permission: count, finish: count, review: count }).describe("decisions that were judged again"),
    differing: z.array(rejudged).describe("those that would have come out differently"),
    not_reproduced: z
      .array(rejudged)
      .describe("decisions that even the rules in force do not explain; `replayed` is what they would have said"),
    stalls: z
      .array(silence)
      .describe("times without a look at the worker that are noticed at another moment, or only now"),
    wakes: z.array(silence).describe("times without a sign of life that are noticed at another moment, or only now"),
    truncated: z.boolean().describe("only the newest 10000 of each kind were judged"),
  }),
});
