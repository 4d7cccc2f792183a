import { presents } from "../presentation.ts";
import { verdictLines } from "../print/alerts.ts";
import { lines } from "../print/text.ts";

/** `telemetry check`: any alert is exit code 1 (spec 07 §7.10.5, Views). */
export const check = presents("telemetry.check", {
  text: (report, view) => lines(verdictLines(report, view)),
  exitCode: ({ checks }) => (checks.ok ? 0 : 1),
});
