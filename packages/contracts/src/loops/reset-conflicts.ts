import { z } from "zod";
import { nonBlank, reference } from "../bounds.ts";
import { count, taskArgument } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME, LOOP_RUN } from "../refusals.ts";
import { receiptRun } from "./entities.ts";

/** `loop-evidence reset-conflicts` (spec 05 §6.3). */
export const resetConflicts = operation({
  path: "loops.resetConflicts",
  kind: "mutation",
  summary: "Let conflicts be worked on again after the limit of attempts was reached",
  ledger: "write",
  refuses: [...BY_NAME, ...LOOP_RUN, "permission_denied"],
  cli: {
    command: "loop-evidence",
    place: 160,
    action: "reset-conflicts",
    prints: "json",
    notes: "Only a person may do it: the limit is there so that one looks.",
    examples: ['loop-evidence reset-conflicts auth --loop-run nightly --reason "rebased by hand"'],
  },
  input: z.object({
    task: taskArgument,
    loop_run: reference.describe("id or name of the loop's run"),
    reason: nonBlank.describe("why it may be tried again"),
  }),
  output: z.object({
    run: receiptRun,
    conflicts: z.object({ retry_count: count, max_retries: count, state: z.enum(["open", "blocked"]) }),
  }),
});
