import { z } from "zod";
import { operation } from "../operation.ts";
import { BY_NAME, RUNS_PROGRAMS } from "../refusals.ts";
import { autopilotPlan, autopilotScope } from "./autopilot-plan.ts";
import { wakeReceipt } from "./entities.ts";

/** `app-autopilot start` (spec 06 §6.2). */
export const startAutopilot = operation({
  path: "autonomy.startAutopilot",
  kind: "mutation",
  summary: "Start the autopilot of a pair: say that its threads are to be kept awake",
  ledger: "write",
  refuses: [...BY_NAME, ...RUNS_PROGRAMS, "no_active_binding", "terminal_state"],
  cli: {
    command: "app-autopilot",
    action: "start",
    place: 60,
    prints: "text",
    notes: "Creates no automation: the app does, from plan.automation_specs, and record-automation says that it did.",
    examples: ["app-autopilot start auth --json"],
  },
  input: z.object(autopilotScope),
  output: z.object({
    action: z.literal("start"),
    plan: autopilotPlan,
    receipt: wakeReceipt("app_autopilot_started"),
  }),
});
