import { presents } from "../presentation.ts";
import { checkLines } from "../print/health.ts";
import { lines } from "../print/text.ts";

/** `doctor-self` (spec 01 §6.17): the report is the answer; not supported is exit code 1. */
export const doctorSelf = presents("system.doctorSelf", {
  text: (report, { colour }) =>
    lines(
      report.why_or_why_not,
      checkLines(report.checks, colour),
      `register with: ${report.command_template}`,
      report.follow_up.map((step) => `then ${step}`),
      report.codex_app_inbox_guidance,
      report.command_context_note,
    ),
  exitCode: ({ ok }) => (ok ? 0 : 1),
});
