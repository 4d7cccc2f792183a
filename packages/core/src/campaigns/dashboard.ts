import type { Input, Output } from "@conveyor/contracts";
import type { DashboardSlot } from "@conveyor/contracts/campaigns/dashboard";
import type { AssetCounts } from "@conveyor/contracts/campaigns/entities";
import { campaignRows, type FastTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { type CampaignNow, openAssignments, readCampaign } from "./campaign-now.ts";
import { assetOf, assignmentOf, briefOf, campaignOf, slotOf } from "./campaign-rows.ts";
import { resolveAsset, resolveAssignment, resolveCampaign, resolveSlot } from "./find-campaign.ts";
import { type Blocker, slotBlockers } from "./verdicts/blockers.ts";
import { summaryOf } from "./verdicts/closing.ts";
import { slotLifecycle } from "./verdicts/lifecycle.ts";
import { nextManagerAction } from "./verdicts/next-action.ts";
import { type SlotFacts, total } from "./verdicts/snapshot.ts";

/** Assignments, and receipts, that one answer shows unless told otherwise; the slots that it shows share them. */
const SHARED_ITEMS = 300;

/** A slot with what is decided about it. */
export interface JudgedSlot {
  row: campaignRows.PeopledSlotRow;
  facts: SlotFacts;
  blockers: Blocker[];
}

/** The slots of a campaign, each with its blockers. Pure. */
export function judgedSlots({ rows, snapshot }: CampaignNow): JudgedSlot[] {
  return rows.map((row, i) => {
    const facts = snapshot.slots[i] as SlotFacts;
    return { row, facts, blockers: slotBlockers(facts, snapshot.now) };
  });
}

/** What has been decided, and what waits for it. Pure. */
export function approvalsOf({ approved, needs_review, published, rejected }: AssetCounts) {
  return { approved, needs_review, published, rejected };
}

/**
 * What a campaign needs next, and everything that shows it (spec 06 §6.5). The figures are of the whole campaign, the lists
 * are bounded. Throws `not_found`, `ambiguous`.
 */
export async function dashboard(ctx: Ctx, input: Input<"campaigns.dashboard">): Promise<Output<"campaigns.dashboard">> {
  return ctx.store.peek((tx) => {
    const campaign = resolveCampaign(tx, input.name);
    const now = readCampaign(tx, campaign.id);
    const judged = judgedSlots(now);
    const blockers = judged.flatMap((slot) => slot.blockers);
    const shown = shownSlots(tx, campaign, judged, input);
    const limit = input.items ?? Math.max(1, Math.floor(SHARED_ITEMS / Math.max(1, shown.length)));
    const before = cursors(tx, campaign, input);
    return {
      campaign: campaignOf(campaign),
      next_manager_action: nextManagerAction(now.snapshot),
      summary: summaryOf(now.snapshot),
      approvals: approvalsOf(now.assets.all),
      asset_counts: now.assets.all,
      assignment_counts: now.assignments.all,
      channel_briefs: now.briefs.map(briefOf),
      blockers: blockers.map(({ text }) => text),
      blocker_codes: blockers.map(({ code }) => code),
      blockers_left_out: now.blockers_left_out,
      slots: dashboardSlots(tx, now, shown, { before, limit }),
      permission_to_publish: false,
    };
  });
}

function shownSlots(
  tx: FastTx,
  campaign: { id: string; name: string },
  judged: JudgedSlot[],
  { slot, after, limit }: Input<"campaigns.dashboard">,
): JudgedSlot[] {
  if (slot !== undefined) {
    const { id } = resolveSlot(tx, campaign, slot);
    return judged.filter(({ row }) => row.id === id);
  }
  const after_seq = after === undefined ? 0 : resolveSlot(tx, campaign, after).seq;
  return judged.filter(({ row }) => row.seq > after_seq).slice(0, limit);
}

/** Before which number the newest lie. */
const NEWEST = Number.MAX_SAFE_INTEGER;

/** Before which numbers the items lie that are asked for. */
interface Cursors {
  assignments: number;
  assets: number;
}

function cursors(
  tx: FastTx,
  campaign: { id: string; name: string },
  { assignments_before, assets_before }: Input<"campaigns.dashboard">,
): Cursors {
  return {
    assignments: assignments_before === undefined ? NEWEST : resolveAssignment(tx, campaign, assignments_before).seq,
    assets: assets_before === undefined ? NEWEST : resolveAsset(tx, campaign, assets_before).seq,
  };
}

/** The slots as they are shown, each with its newest items. */
function dashboardSlots(
  tx: FastTx,
  now: CampaignNow,
  shown: readonly JudgedSlot[],
  { before, limit }: { before: Cursors; limit: number },
): DashboardSlot[] {
  const page = { slot_ids: shown.map(({ row }) => row.id), limit };
  const assignments = bySlot(campaignRows.newestAssignments(tx, { ...page, before_seq: before.assignments }));
  const assets = bySlot(campaignRows.newestAssets(tx, { ...page, before_seq: before.assets }));
  return shown.map((slot) => {
    const items = { assignments: assignments.get(slot.row.id) ?? [], assets: assets.get(slot.row.id) ?? [] };
    return dashboardSlotOf(now, slot, { ...items, earlier: earlierThan(tx, slot, { ...items, before }) });
  });
}

function bySlot<Row extends { slot_id: string }>(rows: readonly Row[]): ReadonlyMap<string, Row[]> {
  const by = new Map<string, Row[]>();
  for (const row of rows) {
    const own = by.get(row.slot_id);
    if (own === undefined) by.set(row.slot_id, [row]);
    else own.push(row);
  }
  return by;
}

function dashboardSlotOf(
  { snapshot, assignments: standing, assets: recorded }: CampaignNow,
  { row, facts, blockers }: JudgedSlot,
  {
    assignments,
    assets,
    earlier,
  }: { assignments: campaignRows.AssignmentRow[]; assets: campaignRows.AssetRow[]; earlier: Cursors },
): DashboardSlot {
  return {
    ...slotOf(row),
    active_assignments: openAssignments(standing.of(row.id)),
    asset_receipts: total(recorded.of(row.id)),
    assignments: assignments.map(assignmentOf),
    assets: assets.map(assetOf),
    earlier,
    blockers: blockers.map(({ text }) => text),
    blocker_codes: blockers.map(({ code }) => code),
    lifecycle: slotLifecycle(facts, snapshot.now),
    session: sessionOf(row),
    task:
      row.task_id === null
        ? null
        : {
            ...{ id: row.task_id, name: row.task_name ?? "", state: row.task_state ?? "" },
            pending_items: row.pending_items,
          },
  };
}

/** How many older ones there are. Only behind a cursor they have to be counted. */
function earlierThan(
  tx: FastTx,
  { row, facts }: JudgedSlot,
  { assignments, assets, before }: { assignments: readonly object[]; assets: readonly object[]; before: Cursors },
): Cursors {
  const older =
    before.assignments === NEWEST && before.assets === NEWEST
      ? { assignments: facts.assignments, assets: facts.receipts }
      : campaignRows.countOlder(tx, { slot_id: row.id, ...before });
  return { assignments: older.assignments - assignments.length, assets: older.assets - assets.length };
}

function sessionOf(row: campaignRows.PeopledSlotRow): DashboardSlot["session"] {
  const { worker_id, worker_name, worker_role, worker_state } = row;
  if (worker_id === null || worker_name === null || worker_role === null || worker_state === null) return null;
  return {
    ...{ id: worker_id, name: worker_name, role: worker_role as "worker", state: worker_state },
    last_heartbeat_at: row.worker_heartbeat_at,
    codex_app_thread_id: row.worker_thread_id,
    codex_app_thread_title: row.worker_thread_title,
  };
}
