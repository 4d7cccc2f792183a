import { z } from "zod";
import { label } from "../bounds.ts";
import { taskArgument } from "../common.ts";
import { epilogueStep } from "../contract/entities.ts";
import { operation } from "../operation.ts";
import { BY_NAME, RUNS_PROGRAMS } from "../refusals.ts";
import { epilogueDocument } from "./entities.ts";

/** `epilogue --step` (spec 04 §4.13): every run is kept, and the newest decides. */
export const run = operation({
  path: "epilogues.run",
  kind: "mutation",
  summary: "Take a configured closing step of a task",
  ledger: "write",
  refuses: [...BY_NAME, ...RUNS_PROGRAMS, "conflict", "step_not_configured"],
  shows_content: true,
  cli: {
    command: "epilogue",
    place: 10,
    select: "step",
    prints: "text",
    notes:
      "run-tools runs the command of each configured tool (`--tool 'tests=npm test'`) in the worker's folder, or asks it for its version. draft-pr writes the text of a pull request and opens it as a draft where gh is there and repo.open_pr is granted. subagent-review wants a review whose verdict is not stop, record-handoff a handoff. The exit code is 1 when the step failed.",
    examples: ["epilogue auth --step draft-pr --json"],
  },
  input: z.object({
    task: taskArgument,
    step: epilogueStep.describe("the step; the manager config has to name it"),
    list: z.boolean().default(false).describe("print the whole document after it"),
    status: z.boolean().default(false).describe("the same"),
    correlation_id: label.optional().describe("label to keep with the run"),
  }),
  output: epilogueDocument,
});
