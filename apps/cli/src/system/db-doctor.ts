import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { checkLines } from "../print/health.ts";
import { lines, type View } from "../print/text.ts";

type Report = Output<"system.dbDoctor">;

function driftLines({ live_reconcile }: Report): string[] {
  const drifting = live_reconcile?.results.filter(({ drift }) => drift.length > 0) ?? [];
  const warnings = live_reconcile?.manager_liveness_warnings ?? [];
  return [
    ...drifting.map(({ task, drift }) => `task ${task.name}: ${drift.join(", ")}`),
    ...warnings.map(
      ({ manager, task, reason, recommended_action }) => `${task}, ${manager}: ${reason}; ${recommended_action}`,
    ),
  ];
}

function dbDoctorText(report: Report, view: View): string {
  const verdict = report.ok ? view.colour.green("the ledger is healthy") : view.colour.red("the ledger is not healthy");
  return lines(`${verdict}: ${report.path}`, checkLines(report.checks, view.colour), driftLines(report));
}

/** `db-doctor` (spec 01 §6.18): the report is the answer; not healthy is exit code 1. */
export const dbDoctor = presents("system.dbDoctor", {
  text: dbDoctorText,
  exitCode: ({ ok }) => (ok ? 0 : 1),
});
