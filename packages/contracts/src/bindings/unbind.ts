import { z } from "zod";
import { taskRef } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";

/** `unbind` (spec 01 §6.9): a binding that has already ended is reported, not an error. */
export const unbind = operation({
  path: "bindings.unbind",
  kind: "mutation",
  summary: "End a task's live binding",
  ledger: "write",
  refuses: BY_NAME,
  cli: { command: "unbind", place: 20, prints: "json", examples: ["unbind --task auth"] },
  input: z.object({ task: taskRef }),
  output: z.object({
    task: z.string(),
    state: z.enum(["ended", "invalid"]),
    already_ended: z.literal(true).optional().describe("present when there was nothing left to end"),
  }),
});
