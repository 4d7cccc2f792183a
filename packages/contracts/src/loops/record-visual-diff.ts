import { z } from "zod";
import { jsonObject } from "../common.ts";
import { criterion } from "../criteria/entities.ts";
import { operation } from "../operation.ts";
import { visualDiffReport } from "../qa/entities.ts";
import { visualDiffFields } from "../qa/visual-diff.ts";
import { BY_NAME, LOOP_RUN } from "../refusals.ts";
import { receiptFields, recordedReceipt } from "./evidence.ts";

/** `loop-evidence visual-diff` (spec 05 §5.6, `visual-diff`): a comparison of two pictures, recorded as two receipts. */
export const recordVisualDiff = operation({
  path: "loops.recordVisualDiff",
  kind: "mutation",
  summary: "Compare two pictures of an iteration and record the report, and whether it is below the threshold",
  ledger: "write",
  refuses: [...BY_NAME, ...LOOP_RUN, "permission_denied", "conflicting_flags", "side_effect_failed"],
  cli: {
    command: "loop-evidence",
    place: 140,
    action: "visual-diff",
    action_aliases: ["visual_diff"],
    prints: "json",
    notes:
      "Records visual_diff_report and diff_below_threshold, in place of earlier ones of the iteration. The exit code is 0\n" +
      "whatever the score; with --fail-above 1 above the threshold, after it was recorded.",
    examples: [
      "loop-evidence visual-diff auth --loop-run nightly --reference design.png --candidate now.png --threshold 0.01 --report-output diff.json",
    ],
  },
  input: z.object({
    ...receiptFields,
    ...visualDiffFields,
    fail_above: z.boolean().default(false).describe("end with exit code 1 above the threshold"),
  }),
  output: z.object({
    ...recordedReceipt.shape,
    criterion: criterion.describe("the receipt of the report"),
    diff: visualDiffReport,
    threshold_criterion: criterion.describe("the receipt of the comparison with the threshold"),
    threshold_evidence: jsonObject.describe("the same as in that criterion"),
  }),
});
