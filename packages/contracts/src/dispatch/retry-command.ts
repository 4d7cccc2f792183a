import { z } from "zod";
import { operation } from "../operation.ts";
import { BY_NAME, LOOP_RUN } from "../refusals.ts";
import { enqueued, gatePreview } from "./enqueued.ts";
import { commandArgument } from "./queued-command.ts";

/** `commands retry` (spec 03 §13 item 2). */
export const retryCommand = operation({
  path: "dispatch.retryCommand",
  kind: "mutation",
  summary: "Queue a failed or blocked command anew, as a fresh command",
  ledger: "write",
  refuses: [...BY_NAME, ...LOOP_RUN, "idempotency_conflict", "side_effect_risk", "terminal_state"],
  cli: {
    command: "commands",
    place: 80,
    action: "retry",
    prints: "text",
    notes:
      "The old command stays as it is. A second retry of it answers with the first, or retries that one when it failed too.",
    examples: ["commands retry command-9c --json", "commands retry command-9c --force"],
  },
  input: z.object({
    command: commandArgument,
    force: z.boolean().default(false).describe("also when the terminal may have got the message already"),
  }),
  output: enqueued.omit({ delivery: true, notification_id: true }).extend({
    retry_of: z.string().describe("the command that this one repeats"),
    gate_preview: gatePreview.optional().describe("of a continuation: what Dispatch would say now"),
  }),
});
