import { z } from "zod";
import { jsonPayload, label } from "../bounds.ts";
import { role, taskArgument } from "../common.ts";
import { content } from "../content.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { continuation } from "./entities.ts";

/** `continuation --submit` (spec 04 §4.11): the worker proposes first, the manager without having seen it. */
export const submit = operation({
  path: "continuations.submit",
  kind: "mutation",
  summary: "Propose what comes next",
  ledger: "write",
  refuses: [...BY_NAME, "continuation_order"],
  shows_content: true,
  cli: {
    command: "continuation",
    place: 10,
    select: "submit",
    prints: "json",
    notes: "A worker's proposal begins a turn and answers with its correlation id; a manager's names one.",
    examples: ["continuation auth --submit worker --from-stdin < next.json"],
  },
  input: z.object({
    task: taskArgument,
    proposer: cli(role, { flag: "submit" }).describe("whose proposal it is"),
    payload: cli(content(jsonPayload, "whole"), { from_stdin: true }).describe(
      "read the proposal, one JSON object, from standard input",
    ),
    correlation_id: label.optional().describe("the turn; a manager has to name the worker's"),
  }),
  output: continuation,
});
