import { presents } from "../presentation.ts";
import { lines, plural } from "../print/text.ts";

/** `ingest` (spec 02 §8.1). */
export const ingest = presents("observation.ingest", {
  text: (report) =>
    lines(
      `${report.session}: ${plural(report.new_events, "new record")}, read up to byte ${report.new_offset}`,
      report.skipped.map(
        ({ reason, lines: count, first_offset }) =>
          `${plural(count, "damaged line")} skipped: ${reason}, the first at byte ${first_offset}`,
      ),
      report.lag_bytes > 0 && `${plural(report.lag_bytes, "byte")} left to read`,
      report.thread_switch !== null &&
        (report.thread_switch_evidence === "server"
          ? `the agent may have gone on in thread ${report.thread_switch.thread_id}, or another session of its server has`
          : `the agent went on in thread ${report.thread_switch.thread_id}: follow it with --follow-thread`),
      report.file_events.map(({ kind, from, to }) => `rollout ${kind}: ${from} -> ${to}`),
    ),
});
