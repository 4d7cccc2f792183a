import { z } from "zod";
import { role } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME, RUNS_PROGRAMS } from "../refusals.ts";
import { dispatcherNeed, leaseReasonCode, openWakeAction, pairScope, pairStatus, thread } from "./entities.ts";

const wakeup = z.object({ role, reason: z.string(), reason_code: leaseReasonCode, prompt: z.string(), thread });
export type Wakeup = z.infer<typeof wakeup>;

/** `app-wakeup-plan` (spec 06 §6.2). */
export const planWakeup = operation({
  path: "autonomy.planWakeup",
  kind: "query",
  summary: "Show the prompts that wake the roles nobody has heard of",
  ledger: "read",
  refuses: [...BY_NAME, ...RUNS_PROGRAMS, "no_active_binding", "terminal_state"],
  cli: { command: "app-wakeup-plan", place: 30, prints: "text", examples: ["app-wakeup-plan auth"] },
  input: z.object(pairScope),
  output: z.object({
    status: pairStatus,
    dispatcher: dispatcherNeed,
    wakeups: z.array(wakeup),
    open_actions: z
      .array(openWakeAction)
      .describe("prepared prompts of which nobody has recorded what became of them, the newest 20"),
  }),
});
