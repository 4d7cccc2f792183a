import { z } from "zod";
import { taskArgument } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { projectRoot } from "./entities.ts";

/** `checks suggest` (spec 09 §9.4). */
export const suggest = operation({
  path: "checks.suggest",
  kind: "query",
  summary: "Propose checks from what the project says of itself; adds none",
  ledger: "read",
  refuses: [...BY_NAME, "tool_missing", "timeout", "side_effect_failed"],
  cli: { command: "checks", place: 90, action: "suggest", prints: "json", examples: ["checks suggest auth"] },
  input: z.object({
    task: taskArgument,
    root: projectRoot.optional(),
  }),
  output: z.object({
    root: z.string(),
    suggestions: z.array(
      z.object({
        name: z.string(),
        argv: z.array(z.string()),
        guards: z.array(z.string()),
        found_in: z.string().describe("the file that says so"),
        command: z.string().describe("the command that adds it"),
      }),
    ),
  }),
});
