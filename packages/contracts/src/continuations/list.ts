import { z } from "zod";
import { label } from "../bounds.ts";
import { taskArgument, taskRefObject } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { continuationReview, listedContinuation } from "./entities.ts";
import { READERS } from "./words.ts";

/** `continuation --list` (spec 04 §4.11): a reading that shows a worker's proposal is itself recorded. */
export const list = operation({
  path: "continuations.list",
  kind: "mutation",
  summary: "List the proposals and reviews of a task",
  ledger: "write",
  refuses: [...BY_NAME, "continuation_not_disclosed"],
  shows_content: true,
  cli: {
    command: "continuation",
    place: 30,
    select: "list",
    prints: "json",
    notes: "A manager sees the worker's proposal of a turn once it has made its own.",
    examples: ["continuation auth --list", "continuation auth --list --as-role manager --include-payload"],
  },
  input: z.object({
    task: taskArgument,
    correlation_id: label.optional().describe("only this turn"),
    as_role: z.enum(READERS).default("all").describe("who reads"),
    include_payload: z.boolean().default(false).describe("show what was proposed, where the reader may see it"),
  }),
  output: z.object({
    task: taskRefObject,
    continuations: z.array(listedContinuation),
    reviews: z.array(continuationReview),
  }),
});
