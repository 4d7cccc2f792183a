import { z } from "zod";
import { listOf, rowId } from "../bounds.ts";
import { projectRoot } from "../checks/entities.ts";
import { taskArgument } from "../common.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME, RUNS_PROGRAMS } from "../refusals.ts";
import { verification } from "./entities.ts";

/** `verify TASK` (spec 09 §9.4). */
export const verify = operation({
  path: "proof.verify",
  kind: "mutation",
  summary: "Run the accepted checks of what is not verified yet, on the files as they are now",
  ledger: "write",
  refuses: [...BY_NAME, ...RUNS_PROGRAMS, "conflict", "terminal_state"],
  cli: {
    command: "verify",
    place: 10,
    prints: "text",
    examples: ["verify auth", "verify auth --criterion 1 --all --json"],
  },
  input: z.object({
    task: taskArgument,
    criterion_id: cli(listOf(rowId), { flag: "criterion", placeholder: "id" })
      .default([])
      .describe("only the checks of this criterion"),
    all: z.boolean().default(false).describe("run also what is verified"),
    parallel: z
      .int()
      .min(1)
      .max(16)
      .default(1)
      .describe("how many checks run at once, unless one needs what another leaves"),
    root: projectRoot.optional(),
    include_content: cli(z.boolean(), { flag: "output" })
      .default(false)
      .describe("show the end of what each run printed"),
  }),
  output: verification,
});
