import { z } from "zod";
import { operation } from "../operation.ts";
import { BY_NAME, RUNS_PROGRAMS } from "../refusals.ts";
import { autopilotPlan, autopilotScope } from "./autopilot-plan.ts";
import { wakeReceipt } from "./entities.ts";

/** `app-autopilot stop` (spec 06 §6.2). */
export const stopAutopilot = operation({
  path: "autonomy.stopAutopilot",
  kind: "mutation",
  summary: "Stop the autopilot of a pair",
  ledger: "write",
  refuses: [...BY_NAME, ...RUNS_PROGRAMS, "no_active_binding", "terminal_state"],
  cli: {
    command: "app-autopilot",
    action: "stop",
    place: 80,
    prints: "text",
    notes: "Ends no automation: pause those that plan.automation_state names in the app.",
    examples: ["app-autopilot stop auth"],
  },
  input: z.object(autopilotScope),
  output: z.object({
    action: z.literal("stop"),
    plan: autopilotPlan,
    receipt: wakeReceipt("app_autopilot_stopped"),
  }),
});
