import type { AssetCounts, AssignmentCounts } from "@conveyor/contracts/campaigns/entities";
import { ASSET_STATUSES, ASSIGNMENT_STATUSES, type SlotState } from "@conveyor/contracts/campaigns/words";
import { campaignRows, type FastTx } from "@conveyor/store";
import type { CampaignSnapshot, SlotFacts } from "./verdicts/snapshot.ts";

/** So many titles of blocked assignments, and of rejected assets, are told as blockers; the rest is counted. */
const MOST_TITLES = 500;

/** Counts of a kind of thing in a campaign: all, and those of each slot. */
interface Standings<Counts> {
  all: Counts;
  of(slot_id: string): Counts;
}

/** A campaign as it is at one moment, with the rows that the verdicts were made of. */
export interface CampaignNow {
  rows: campaignRows.PeopledSlotRow[];
  snapshot: CampaignSnapshot;
  assignments: Standings<AssignmentCounts>;
  assets: Standings<AssetCounts>;
  briefs: campaignRows.BriefRow[];
  /** Blockers whose titles were not read. */
  blockers_left_out: number;
}

/** Read all that the verdicts about a campaign rest on: a fixed number of statements, however large it is. */
export function readCampaign(tx: FastTx, campaign_id: string): CampaignNow {
  const rows = campaignRows.peopledSlotRows(tx, campaign_id);
  const assignments = standings(campaignRows.assignmentStandings(tx, campaign_id), ASSIGNMENT_STATUSES);
  const assets = standings(campaignRows.assetStandings(tx, campaign_id), ASSET_STATUSES);
  const briefs = campaignRows.briefRows(tx, campaign_id);
  const blocked = assignments.all.blocked === 0 ? [] : campaignRows.blockedAssignmentRows(tx, campaign_id, MOST_TITLES);
  const rejections = assets.all.rejected === 0 ? [] : campaignRows.openRejectionCounts(tx, campaign_id);
  const open_rejections = rejections.reduce((sum, { amount }) => sum + amount, 0);
  const rejected = open_rejections === 0 ? [] : campaignRows.openRejectionRows(tx, campaign_id, MOST_TITLES);
  const archived = new Set(rows.filter(({ state }) => state === "archived").map(({ id }) => id));
  const living = rejections.filter(({ slot_id }) => !archived.has(slot_id));
  return {
    ...{ rows, assignments, assets, briefs },
    snapshot: {
      now: new Date(tx.now),
      slots: rows.map((row) => slotFacts(row, { assignments, assets, blocked, rejected })),
      assignments: assignments.all,
      assets: assets.all,
      // What an archived slot left behind is not waited for.
      open_rejections: living.reduce((sum, { amount }) => sum + amount, 0),
      channel_briefs: briefs.length,
    },
    blockers_left_out: assignments.all.blocked - blocked.length + open_rejections - rejected.length,
  };
}

interface Found extends Pick<CampaignNow, "assignments" | "assets"> {
  blocked: readonly campaignRows.ObstacleRow[];
  rejected: readonly campaignRows.ObstacleRow[];
}

function slotFacts(row: campaignRows.PeopledSlotRow, { assignments, assets, blocked, rejected }: Found): SlotFacts {
  const titles = (found: readonly campaignRows.ObstacleRow[]) =>
    found.filter(({ slot_id }) => slot_id === row.id).map(({ title }) => title);
  const sum = (counts: object) => Object.values(counts).reduce((total: number, one: number) => total + one, 0);
  return {
    slot_key: row.slot_key,
    state: row.state as SlotState,
    thread_id: row.codex_app_thread_id,
    worker: row.worker_id === null ? null : { last_heartbeat_at: row.worker_heartbeat_at },
    blocked_assignments: titles(blocked),
    rejected_assets: titles(rejected),
    assignments: sum(assignments.of(row.id)),
    receipts: sum(assets.of(row.id)),
  };
}

/** Counts of everything there is, zeros included, all and by slot. Pure. */
export function standings<Status extends string>(
  counts: readonly campaignRows.StandingCount[],
  statuses: readonly Status[],
): Standings<Record<Status, number>> {
  const zeros = () => Object.fromEntries(statuses.map((status) => [status, 0])) as Record<Status, number>;
  const all = zeros();
  const by = new Map<string, Record<Status, number>>();
  for (const { slot_id, status, amount } of counts) {
    const own = by.get(slot_id) ?? zeros();
    by.set(slot_id, own);
    own[status as Status] += amount;
    all[status as Status] += amount;
  }
  return { all, of: (slot_id) => by.get(slot_id) ?? zeros() };
}

/** Assignments that somebody still has to do. Pure. */
export function openAssignments({ queued, active, blocked }: AssignmentCounts): number {
  return queued + active + blocked;
}
