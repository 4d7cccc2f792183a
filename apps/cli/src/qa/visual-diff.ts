import { presents } from "../presentation.ts";
import { lines } from "../print/text.ts";

/** `visual-diff` (spec 05 §5.6). */
export const visualDiff = presents("qa.visualDiff", {
  text: (report) => {
    const { changed_bounds: at } = report;
    return lines(
      `${report.below_threshold ? "within" : "above"} the threshold: ${report.diff_score} of ${report.threshold}`,
      `${report.changed_pixels} of ${report.total_pixels} pixels changed (${report.viewport})`,
      at !== null && `changes lie in ${at.width}x${at.height} at ${at.x},${at.y}`,
      report.diff_image !== null && `picture of what changed: ${report.diff_image}`,
      report.html_report !== null && `page: ${report.html_report}`,
    );
  },
  exitCode: ({ below_threshold }, input) => (input["fail_above"] === true && !below_threshold ? 1 : 0),
});
