import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { GRANTS_NOTHING, nextLine, someCounts, workersLine } from "../print/campaign.ts";
import { lines, plural, table, type View } from "../print/text.ts";

type Dashboard = Output<"campaigns.dashboard">;

/** Slots that are printed. */
const MOST_SLOTS = 8;

/** `campaign dashboard` (spec 06 §6.5). */
export const dashboard = presents("campaigns.dashboard", {
  text: (document, view) =>
    lines(
      `${view.colour.bold(document.campaign.name)}: ${document.campaign.status}`,
      nextLine(document.next_manager_action),
      workersLine(document.summary),
      `assignments: ${someCounts(document.assignment_counts)}`,
      `assets: ${someCounts(document.asset_counts)}`,
      `approvals: ${someCounts(document.approvals)}`,
      `blockers: ${document.blockers.length + document.blockers_left_out}`,
      slotsTable(document, view),
      document.slots.length > MOST_SLOTS &&
        `${plural(document.slots.length - MOST_SLOTS, "more slot")}; --json shows all of them`,
      GRANTS_NOTHING,
    ),
});

function slotsTable({ slots }: Dashboard, view: View): string {
  const rows = slots
    .slice(0, MOST_SLOTS)
    .map(({ slot_key, lifecycle, channel, active_assignments, asset_receipts, blockers }) => [
      ...[slot_key, lifecycle.state, channel],
      ...[plural(active_assignments, "open assignment"), plural(asset_receipts, "receipt"), blockers[0]],
    ]);
  return table(rows, view);
}
