import type { ProofCheck } from "@conveyor/contracts/campaigns/closeout";
import type { CampaignSummary } from "@conveyor/contracts/campaigns/entities";
import type { CloseoutVerdict } from "@conveyor/contracts/campaigns/words";
import { plural } from "@conveyor/contracts/plural";
import { slotBlockers } from "./blockers.ts";
import { slotLifecycle } from "./lifecycle.ts";
import { nextManagerAction } from "./next-action.ts";
import { type CampaignSnapshot, type ReceiptSnapshot, total } from "./snapshot.ts";

/** The figures of a campaign: slots by state, stale ones by their life (spec 06 §6.5). Pure. */
export function summaryOf({ slots, assignments, assets, channel_briefs, now }: CampaignSnapshot): CampaignSummary {
  const inState = (state: string) => slots.filter((slot) => slot.state === state).length;
  return {
    active_slots: inState("active"),
    archived_slots: inState("archived"),
    blocked_slots: inState("blocked"),
    stale_slots: slots.filter((slot) => slotLifecycle(slot, now).stale).length,
    assignment_total: total(assignments),
    asset_total: total(assets),
    blocked_assignments: assignments.blocked,
    channel_briefs,
  };
}

/** Whether a campaign may be closed (spec 06 §6.5). Pure. */
export function closeoutVerdict(snapshot: CampaignSnapshot): CloseoutVerdict {
  const { stale_slots, blocked_slots, blocked_assignments } = summaryOf(snapshot);
  const isBlocked = snapshot.slots.some((slot) => slotBlockers(slot, snapshot.now).length > 0);
  if (isBlocked || stale_slots + blocked_slots + blocked_assignments > 0) return "blocked";
  if (nextManagerAction(snapshot).action === "close_campaign") return "ready_to_close";
  return snapshot.assets.needs_review + snapshot.open_rejections > 0 ? "needs_review" : "needs_work";
}

/** What shows that a campaign is done, in the fixed order of spec 06 §6.5. Pure. */
export function proofChecks(snapshot: CampaignSnapshot, receipts: ReceiptSnapshot): ProofCheck[] {
  const { slots, assets, now } = snapshot;
  const blockers = slots.reduce((sum, slot) => sum + slotBlockers(slot, now).length, 0);
  const empty = slots.filter((slot) => slot.state !== "archived" && slot.assignments > 0 && slot.receipts === 0);
  const wanting = empty.length + receipts.without_receipt;
  const all = total(assets);
  const isDecided = all > 0 && receipts.undecided === 0;
  const isGated = (assets.needs_review > 0 && assets.published === 0) || isDecided;
  return [
    { check: "dashboard_loaded", status: "passed", evidence: `${plural(slots.length, "slot")} read from the ledger` },
    {
      check: "blockers_absent",
      status: blockers === 0 ? "passed" : "failed",
      evidence: blockers === 0 ? "no blockers" : plural(blockers, "blocker"),
    },
    {
      check: "active_worker_slots_have_receipts",
      status: wanting === 0 ? "passed" : "attention",
      evidence:
        wanting === 0
          ? "every assignment of a slot in use has a receipt"
          : `${plural(empty.length, "slot")} and ${plural(receipts.without_receipt, "assignment")} without a receipt`,
    },
    {
      check: "assignment_receipt_counts",
      status: receipts.with_several === 0 ? "passed" : "attention",
      evidence:
        receipts.with_several === 0
          ? "no assignment has more than one receipt"
          : `${plural(receipts.with_several, "assignment")} with more than one receipt`,
    },
    {
      check: "human_review_gate",
      status: isGated ? "passed" : "attention",
      evidence: isDecided
        ? `somebody on record approved or rejected all of ${plural(all, "asset")}`
        : `${assets.needs_review} wait for review, ${assets.published} published, ${receipts.undecided} of ${all} without a recorded decision`,
    },
  ];
}

const DEFAULT_FAILURE = "a hidden duplicate or missing receipt makes the campaign look closed";

/** How it could look done and not be, and what the ledger says to that. Pure. */
export function failureMode(snapshot: CampaignSnapshot, named: string | undefined) {
  const { assignment_total, asset_total } = summaryOf(snapshot);
  const bySlot = snapshot.slots.map(({ slot_key, assignments, receipts }) => `${slot_key} ${assignments}/${receipts}`);
  const shown = bySlot.slice(0, 50);
  const more = bySlot.length > shown.length ? `, and ${bySlot.length - shown.length} more slots` : "";
  return {
    strongest_realistic_failure_mode: named?.trim() || DEFAULT_FAILURE,
    evidence: `${plural(assignment_total, "assignment")} and ${plural(asset_total, "receipt")} in all; by slot (assignments/receipts): ${shown.join(", ") || "none"}${more}`,
  };
}
