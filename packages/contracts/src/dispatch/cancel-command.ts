import { z } from "zod";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { commandArgument } from "./queued-command.ts";

/** `commands cancel` (spec 03 §3.1, §13 item 2). */
export const cancelCommand = operation({
  path: "dispatch.cancelCommand",
  kind: "mutation",
  summary: "Take a command that nobody has begun out of the queue",
  ledger: "write",
  refuses: BY_NAME,
  cli: {
    command: "commands",
    place: 90,
    action: "cancel",
    prints: "text",
    examples: ["commands cancel command-9c --json"],
  },
  input: z.object({ command: commandArgument }),
  output: z.object({
    command_id: z.string(),
    command_type: z.string(),
    correlation_id: z.string().nullable(),
    error_code: z.literal("cancelled"),
    state: z.literal("failed"),
    task: z.string().nullable().describe("name of its task"),
  }),
});
