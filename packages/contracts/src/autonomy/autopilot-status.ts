import { z } from "zod";
import { operation } from "../operation.ts";
import { BY_NAME, RUNS_PROGRAMS } from "../refusals.ts";
import { autopilotPlan, autopilotScope } from "./autopilot-plan.ts";

/** `app-autopilot status` (spec 06 §6.2). */
export const autopilotStatus = operation({
  path: "autonomy.autopilotStatus",
  kind: "query",
  summary: "Show whether a pair goes on by itself, and whether it has become quiet",
  ledger: "read",
  refuses: [...BY_NAME, ...RUNS_PROGRAMS, "no_active_binding", "terminal_state"],
  cli: {
    command: "app-autopilot",
    action: "status",
    place: 70,
    prints: "text",
    notes:
      "readiness.autonomous_ready says whether the pair may be called autonomous; quiescence recommends when to stop.",
    examples: ["app-autopilot status auth"],
  },
  input: z.object(autopilotScope),
  output: z.object({
    action: z.literal("status"),
    plan: autopilotPlan,
    receipt: z.null(),
  }),
});
