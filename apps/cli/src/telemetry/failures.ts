import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { alertLines } from "../print/alerts.ts";
import { lines } from "../print/text.ts";

function failuresText({ operator, ingest, alerts, pane_capture_failures }: Output<"telemetry.failures">): string {
  return lines(
    `failed cycles: ${operator.cycles.recent_failed_count}`,
    `failed commands: ${operator.commands.failed_count}`,
    `terminals that could not be looked at: ${pane_capture_failures.length}`,
    `records that could not be read: ${ingest.error_count}`,
    alertLines(alerts),
  );
}

/** `telemetry failures` (spec 07 §7.10.5, Views). */
export const failures = presents("telemetry.failures", { text: failuresText });
