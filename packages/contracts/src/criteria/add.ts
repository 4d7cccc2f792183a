import { z } from "zod";
import { freeText, listOf, nonBlank } from "../bounds.ts";
import { criterionCheck } from "../checks/entities.ts";
import { taskArgument } from "../common.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { criterionReceipt, criterionSource, criterionStatus, proofFields } from "./entities.ts";

/** `criteria --add` (spec 04 §4.5): the same text from the same source answers with the first row. */
export const add = operation({
  path: "criteria.add",
  kind: "mutation",
  summary: "Add an acceptance criterion to a task",
  ledger: "write",
  refuses: [...BY_NAME, "conflict", "gate_failed"],
  cli: {
    command: "criteria",
    place: 20,
    select: "add",
    prints: "json",
    examples: [
      'criteria auth --add --criterion "Parser rejects empty input" --source worker_proposed',
      'criteria auth --add --criterion "The tests pass" --source user_requested --status accepted --check "npm test"',
    ],
  },
  input: z.object({
    task: taskArgument,
    criterion: nonBlank.describe("what must be true"),
    source: criterionSource.describe("who asks for it: the operator, the manager, the worker or the closing audit"),
    status: cli(criterionStatus, { once: true }).default("proposed").describe("status to start with"),
    ...proofFields,
    check: listOf(freeText)
      .optional()
      .describe("command that would disprove it, as one text: parted into words as a shell would, run without one"),
  }),
  output: criterionReceipt.extend({
    created: z.boolean(),
    checks: z.array(criterionCheck).optional().describe("the checks that were added with it, when some were named"),
  }),
});
