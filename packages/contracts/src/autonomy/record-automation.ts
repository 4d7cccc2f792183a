import { z } from "zod";
import { printable } from "../bounds.ts";
import { role } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME, RUNS_PROGRAMS } from "../refusals.ts";
import { autopilotPlan, autopilotScope } from "./autopilot-plan.ts";
import { wakeReceipt } from "./entities.ts";

/** `app-autopilot record-automation` (spec 06 §6.2). */
export const recordAutomation = operation({
  path: "autonomy.recordAutomation",
  kind: "mutation",
  summary: "Record that the automation of a role was set up in the app",
  ledger: "write",
  refuses: [...BY_NAME, ...RUNS_PROGRAMS, "no_active_binding", "terminal_state"],
  cli: {
    command: "app-autopilot",
    action: "record-automation",
    place: 90,
    prints: "text",
    notes: "Counts until the autopilot is started again.",
    examples: ["app-autopilot record-automation auth --role worker --automation-id automation-1"],
  },
  input: z.object({
    ...autopilotScope,
    role: role.describe("whose automation it is"),
    automation_id: printable(200).describe("its id in the app"),
  }),
  output: z.object({
    action: z.literal("record-automation"),
    plan: autopilotPlan,
    receipt: wakeReceipt("app_autopilot_automation_applied"),
  }),
});
