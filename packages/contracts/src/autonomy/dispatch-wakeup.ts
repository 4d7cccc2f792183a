import { z } from "zod";
import { wholeSeconds } from "../bounds.ts";
import { count, role, timestamp } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME, RUNS_PROGRAMS } from "../refusals.ts";
import {
  dispatcherNeed,
  leaseReasonCode,
  pairScope,
  pairStatus,
  thread,
  wakeActionStatus,
  wakeReceipt,
} from "./entities.ts";

const wakeAction = z.object({
  role,
  status: wakeActionStatus,
  send_ready: z.boolean().describe("only such prompts may be sent"),
  reason: z.string(),
  reason_code: leaseReasonCode,
  blocker: z.string().nullable().describe("why the prompt cannot be sent"),
  blocker_code: z.enum(["missing_thread", "reserved"]).nullable().describe("the same, for programs"),
  reserved_until: timestamp
    .nullable()
    .describe(
      "until then no other dispatch makes a prompt for the role, unless it is recorded what became of this one",
    ),
  prompt: z.string().nullable().describe("null when the role needs none"),
  thread,
});
export type WakeAction = z.infer<typeof wakeAction>;

const wakeSummary = z.object({
  total_actions: count,
  ready_to_send: count,
  skipped: count,
  blocked: count,
  dispatcher_required: z.boolean(),
});
export type WakeSummary = z.infer<typeof wakeSummary>;

/** `app-wakeup-dispatch` (spec 06 §6.2). */
export const dispatchWakeup = operation({
  path: "autonomy.dispatchWakeup",
  kind: "mutation",
  summary: "Prepare the prompts that wake a task's roles, and leave a receipt",
  ledger: "write",
  refuses: [...BY_NAME, ...RUNS_PROGRAMS, "no_active_binding", "terminal_state"],
  cli: {
    command: "app-wakeup-dispatch",
    place: 40,
    prints: "text",
    notes: `Sends nothing: the app sends the prompts with send_ready, and app-wakeup-record-delivery records what became of
each action.`,
    examples: ["app-wakeup-dispatch auth --json"],
  },
  input: z.object({
    ...pairScope,
    reserve: wholeSeconds
      .max(3600)
      .default(0)
      .describe("seconds for which the roles that are to be woken are kept from a second prompt; 0: not at all"),
  }),
  output: z.object({
    status: pairStatus,
    dispatcher: dispatcherNeed,
    actions: z.array(wakeAction).describe("the manager's, then the worker's"),
    summary: wakeSummary,
    receipt: wakeReceipt("app_wakeup_dispatch_planned"),
  }),
});
