import { z } from "zod";
import { operation } from "../operation.ts";
import { BY_NAME, RUNS_PROGRAMS } from "../refusals.ts";
import { pairScope, pairStatus } from "./entities.ts";

/** `app-loop-status` (spec 06 §6.2). */
export const loopStatus = operation({
  path: "autonomy.loopStatus",
  kind: "query",
  summary: "Show whether a task's manager, worker and dispatcher live",
  ledger: "read",
  refuses: [...BY_NAME, ...RUNS_PROGRAMS, "no_active_binding", "terminal_state"],
  cli: { command: "app-loop-status", place: 20, prints: "text", examples: ["app-loop-status auth --json"] },
  input: z.object(pairScope),
  output: pairStatus,
});
