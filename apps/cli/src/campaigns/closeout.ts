import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { GRANTS_NOTHING, nextLine, someCounts, workersLine } from "../print/campaign.ts";
import { lines, plural, table, type View } from "../print/text.ts";

type Closeout = Output<"campaigns.closeout">;

/** Workers that are printed. */
const MOST_WORKERS = 8;

/** `campaign closeout` (spec 06 §6.5). */
export const closeout = presents("campaigns.closeout", {
  text: (report, view) => {
    const { campaign, summary, failure_mode } = report;
    return lines(
      `${view.colour.bold(campaign.name)}: ${report.verdict}`,
      nextLine(report.next_manager_action),
      `${workersLine(summary)}; ${plural(summary.assignment_total, "assignment")}, ${plural(summary.asset_total, "asset")}`,
      `approvals: ${someCounts(report.approvals)}`,
      `strongest realistic failure: ${failure_mode.strongest_realistic_failure_mode}`,
      `evidence: ${failure_mode.evidence}`,
      ...tables(report, view),
      leftOutLine(report.left_out),
      GRANTS_NOTHING,
    );
  },
});

/** The checks, the assignments, and the first workers. */
function tables({ proof_checks, receipt_counts_by_assignment: counts, workers }: Closeout, view: View): string[] {
  const shown = workers.slice(0, MOST_WORKERS);
  return [
    proof_checks.map(({ check, status, evidence }) => [check, status, evidence]),
    counts.map(({ assignment_id, slot_key, receipt_count }) => [
      ...[assignment_id, slot_key, plural(receipt_count, "receipt")],
    ]),
    shown.map(({ slot_key, lifecycle_state, channel, asset_receipts, blockers }) => [
      ...[slot_key, lifecycle_state, channel, plural(asset_receipts, "receipt"), blockers[0]],
    ]),
  ]
    .map((rows) => table(rows, view))
    .filter((text) => text !== "");
}

function leftOutLine(left_out: Closeout["left_out"]): string | undefined {
  const some = someCounts(left_out);
  return some === "none" ? undefined : `not listed: ${some}; a larger --limit lists more`;
}

/** `campaign close` (spec 06 §6.12 item 1). */
export const close = presents("campaigns.close", {
  text: ({ campaign, closed, forced, verdict }) => {
    const although = forced ? `, although its closeout was ${verdict}` : "";
    return lines(`campaign ${campaign.name} is ${closed ? "closed" : "closed already"}${although}`, GRANTS_NOTHING);
  },
});
