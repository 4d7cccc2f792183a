import { z } from "zod";
import { taskArgument, taskRefObject } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { criterionCheck } from "./entities.ts";

/** `checks list` (spec 09 §9.4). */
export const list = operation({
  path: "checks.list",
  kind: "query",
  summary: "List the checks of a task",
  ledger: "read",
  refuses: BY_NAME,
  cli: { command: "checks", place: 20, action: "list", prints: "text", examples: ["checks list auth --json"] },
  input: z.object({ task: taskArgument }),
  output: z.object({ task: taskRefObject, checks: z.array(criterionCheck) }),
});
