import { z } from "zod";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { configFields } from "./config-fields.ts";
import { configAnswers, recordedConfig } from "./entities.ts";

/** `manager-config --interactive` (spec 04 §4.2.3): the questions are asked at the terminal, their answers written at once. */
export const interview = operation({
  path: "contract.interview",
  kind: "mutation",
  summary: "Ask the set-up questions at the terminal, then write the answers",
  ledger: "write",
  refuses: [...BY_NAME, "conflicting_flags", "gate_failed"],
  cli: {
    command: "manager-config",
    place: 30,
    select: "interactive",
    prints: "json",
    notes:
      "Questions go to standard error. Where nobody sits at a terminal, standard input holds one answer a line; an empty one keeps what is shown, and nothing is written when lines are missing.",
    examples: ["manager-config auth --interactive"],
  },
  input: z.object({
    ...configFields,
    answers: cli(configAnswers, { hidden: true })
      .default({})
      .describe("the answers by the ids of the questions; what is left out keeps its default"),
  }),
  output: recordedConfig,
});
