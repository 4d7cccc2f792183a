import { z } from "zod";
import { jsonPayload, label } from "../bounds.ts";
import { taskArgument } from "../common.ts";
import { content } from "../content.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { continuationReview } from "./entities.ts";

/** `continuation --review` (spec 04 §4.11). */
export const review = operation({
  path: "continuations.review",
  kind: "mutation",
  summary: "Record a third party's verdict on both proposals of a turn",
  ledger: "write",
  refuses: [...BY_NAME, "continuation_order", "permission_denied"],
  shows_content: true,
  cli: {
    command: "continuation",
    place: 20,
    select: "review",
    prints: "json",
    notes:
      "The document holds agreement, verdict, rationale, subagent_run (reviewer_session_id, manager_session_id, manager_rollout_access: false) and perhaps addendum. It needs the permission context.spawn_reviewer.",
    examples: ["continuation auth --review --correlation-id turn-1 --from-stdin < review.json"],
  },
  input: z.object({
    task: taskArgument,
    payload: cli(content(jsonPayload, "whole"), { from_stdin: true }).describe(
      "read the review, one JSON object, from standard input",
    ),
    correlation_id: label.describe("the turn that was reviewed"),
  }),
  output: continuationReview,
});
