import { z } from "zod";
import { taskRefObject } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { configFields } from "./config-fields.ts";
import { setupQuestion } from "./entities.ts";

/** `manager-config --questions` (spec 04 §4.2.2): what a manager asks the user before it starts; changes nothing. */
export const questions = operation({
  path: "contract.questions",
  kind: "query",
  summary: "Print the set-up questions with their present answers",
  ledger: "read",
  refuses: [...BY_NAME, "conflicting_flags", "gate_failed"],
  cli: {
    command: "manager-config",
    place: 20,
    select: "questions",
    prints: "json",
    notes: "Nothing is written. With flags that change the config the defaults are those that they would lead to.",
    examples: ["manager-config auth --questions"],
  },
  input: z.object(configFields),
  output: z.object({
    task: taskRefObject,
    recommended_collection: z.literal("manager_codex_chat"),
    fallback_collection: z.literal("conveyor manager-config --interactive"),
    questions: z.array(setupQuestion),
  }),
});
