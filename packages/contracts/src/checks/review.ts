import { z } from "zod";
import { nonBlank, rowId } from "../bounds.ts";
import { timestamp } from "../common.ts";
import { cli, operation } from "../operation.ts";
import { projectRoot } from "./entities.ts";

/** `checks review` (spec 09 §9.4). */
export const review = operation({
  path: "checks.review",
  kind: "mutation",
  summary: "Say whether guarded files that were changed still check what they should, as manager or operator",
  ledger: "write",
  refuses: ["not_found", "permission_denied", "conflict", "tool_missing", "timeout", "side_effect_failed"],
  cli: {
    command: "checks",
    place: 80,
    action: "review",
    prints: "json",
    examples: ['checks review 1 --verdict fine --note "the test was only renamed"'],
  },
  input: z.object({
    criterion_id: cli(rowId, { position: 0, placeholder: "criterion" }).describe("number of the criterion"),
    root: projectRoot.optional(),
    verdict: z.enum(["fine", "reject"]).describe("whether the checks still say what they should"),
    note: nonBlank.describe("what you looked at"),
  }),
  output: z.object({
    review: z.object({
      id: z.int(),
      criterion_id: z.int(),
      guards_hash: z.string().describe("the state of the guarded files that this is said of"),
      by: z.enum(["manager", "operator"]),
      verdict: z.enum(["fine", "reject"]),
      note: z.string(),
      created_at: timestamp,
    }),
  }),
});
