import { z } from "zod";
import { projectRoot } from "../checks/entities.ts";
import { taskArgument } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME, RUNS_PROGRAMS } from "../refusals.ts";
import { proofReport } from "./entities.ts";

/** `proof TASK` (spec 09 §9.4). */
export const show = operation({
  path: "proof.show",
  kind: "query",
  summary: "Say how far each criterion is proven, and what to do next; runs nothing",
  ledger: "read",
  refuses: [...BY_NAME, ...RUNS_PROGRAMS, "conflict"],
  cli: { command: "proof", place: 20, prints: "text", examples: ["proof auth", "proof auth --json"] },
  input: z.object({ task: taskArgument, root: projectRoot.optional() }),
  output: proofReport,
});
