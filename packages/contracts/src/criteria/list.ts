import { z } from "zod";
import { listOf } from "../bounds.ts";
import { taskArgument } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { criterionStatus, ledger } from "./entities.ts";

/** `criteria --list` (spec 04 §4.5). */
export const list = operation({
  path: "criteria.list",
  kind: "query",
  summary: "List a task's acceptance criteria",
  ledger: "read",
  refuses: BY_NAME,
  cli: {
    command: "criteria",
    place: 10,
    select: "list",
    prints: "json",
    examples: ["criteria auth --list --status accepted"],
  },
  input: z.object({
    task: taskArgument,
    status: listOf(criterionStatus).default([]).describe("only criteria of these statuses"),
  }),
  output: ledger,
});
