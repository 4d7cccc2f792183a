import { presents } from "../presentation.ts";
import { lines } from "../print/text.ts";

/** `loop-evidence visual-diff` (spec 05 §5.6). */
export const recordVisualDiff = presents("loops.recordVisualDiff", {
  text: ({ diff, criterion, threshold_criterion }) =>
    lines(
      `#${criterion.id} ${criterion.status}: report of ${diff.changed_pixels} changed of ${diff.total_pixels} pixels`,
      `#${threshold_criterion.id} ${threshold_criterion.status}: score ${diff.diff_score}, threshold ${diff.threshold}`,
    ),
  exitCode: ({ diff }, input) => (input["fail_above"] === true && !diff.below_threshold ? 1 : 0),
});
