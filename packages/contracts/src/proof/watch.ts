import { z } from "zod";
import { projectRoot, silentRun } from "../checks/entities.ts";
import { taskArgument } from "../common.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME, RUNS_PROGRAMS } from "../refusals.ts";
import { proofReport } from "./entities.ts";

/** `verify TASK --watch` (spec 09 §9.4). */
export const watch = operation({
  path: "proof.watch",
  kind: "subscription",
  summary: "Run again what became stale each time that the files have settled, until interrupted",
  ledger: "write",
  refuses: [...BY_NAME, ...RUNS_PROGRAMS, "conflict", "terminal_state"],
  cli: { command: "verify", place: 15, select: "follow", prints: "lines", examples: ["verify auth --watch"] },
  input: z.object({
    task: taskArgument,
    settle_seconds: cli(z.number().min(0.1).max(3_600), { flag: "settle", placeholder: "seconds" })
      .default(2)
      .describe("how long nothing may change before checks are run"),
    root: projectRoot.optional(),
  }),
  output: proofReport.extend({ runs: z.array(silentRun).describe("what was run now") }),
});
