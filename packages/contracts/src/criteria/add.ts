import { z } from "zod";
import { nonBlank } from "../bounds.ts";
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
  refuses: BY_NAME,
  cli: {
    command: "criteria",
    place: 20,
    select: "add",
    prints: "json",
    examples: ['criteria auth --add --criterion "Parser rejects empty input" --source worker_proposed'],
  },
  input: z.object({
    task: taskArgument,
    criterion: nonBlank.describe("what must be true"),
    source: criterionSource.describe("who asks for it: the operator, the manager, the worker or the closing audit"),
    status: cli(criterionStatus, { once: true }).default("proposed").describe("status to start with"),
    ...proofFields,
  }),
  output: criterionReceipt.extend({ created: z.boolean() }),
});
