import { z } from "zod";
import { label, listOf } from "../bounds.ts";
import { jsonObject, taskArgument } from "../common.ts";
import { content } from "../content.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME, RUNS_PROGRAMS } from "../refusals.ts";
import { continuationReview } from "./entities.ts";

/** Characters of one word of the reviewer's command line. */
const WORD_CHARACTERS = 8192;
/** A reviewer may take this long unless told otherwise, in seconds (spec 04 §4.12). */
const REVIEW_SECONDS = 120;

const input = z.object({
  task: taskArgument,
  correlation_id: label.describe("the turn to review"),
  reviewer_session_id: label.describe("who reviews; another one than the manager"),
  manager_session_id: label.describe("the manager whose proposal is reviewed"),
  timeout: z
    .number()
    .gt(0)
    .max(86_400)
    .default(REVIEW_SECONDS)
    .describe("seconds after which the reviewer is ended with all that it started"),
  reviewer_network: z.enum(["on", "off"]).default("off").describe("whether the reviewer reaches the network"),
  reviewer_env: listOf(label).default([]).describe("name of a variable of the environment to hand on to it"),
  include_patch: z
    .boolean()
    .default(false)
    .describe("give it the changed lines too, at most the last 64 KiB of them, secrets masked"),
  reuse: z
    .boolean()
    .default(false)
    .describe("answer with the review of these very proposals, if one was recorded and its reviewer did not fail"),
  require_proceed: z
    .boolean()
    .default(false)
    .describe("end with exit code 1 unless the verdict is proceed and nobody has to decide"),
  reviewer_command: cli(z.array(z.string().max(WORD_CHARACTERS)).max(1000), { swallows: true })
    .default([])
    .describe("the reviewer's command line; takes all that follows"),
});

const refuses = [...BY_NAME, ...RUNS_PROGRAMS, "continuation_order", "permission_denied", "conflict"] as const;

/** `continuation-reviewer` (spec 04 §4.12): whatever goes wrong with the reviewer is a verdict `stop`, never an approval. */
export const runReviewer = operation({
  path: "continuations.runReviewer",
  kind: "mutation",
  summary: "Have an independent program review both proposals of a turn",
  ledger: "write",
  refuses,
  shows_content: true,
  cli: {
    command: "continuation-reviewer",
    place: 40,
    prints: "json",
    notes:
      "The reviewer gets the context as one JSON document on standard input and answers with one on standard output: agreement, verdict, rationale and perhaps addendum. It runs in a sandbox that hides the state root, the rollouts and the home folder; where there is no sandbox nothing runs and the verdict is stop. The exit code is 0 when a review was recorded.",
    examples: [
      "continuation-reviewer auth --correlation-id turn-1 --reviewer-session-id rev --manager-session-id mgr --reviewer-command /usr/local/bin/review --strict",
    ],
  },
  input,
  output: continuationReview,
});

/** `continuation-reviewer --dry-run` (spec 04 §4.12): starts nothing and writes nothing. */
export const planReview = operation({
  path: "continuations.planReview",
  kind: "query",
  summary: "Show what a reviewer would be given, and start none",
  ledger: "read",
  refuses,
  shows_content: true,
  cli: { command: "continuation-reviewer", place: 50, select: "dry-run", prints: "json" },
  input,
  output: z.object({
    context: content(jsonObject, "whole"),
    reviewer_command: z.array(z.string()),
    sandbox: z.object({
      engine: z.string(),
      enabled: z.boolean(),
      profile: z.string(),
      network: z.boolean(),
      denied_path_count: z.int(),
      setup_error: z.string().optional(),
    }),
  }),
});
