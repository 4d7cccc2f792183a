import type {
  AssetReceipt,
  Campaign,
  CampaignAssignment,
  CampaignChange,
  CampaignSlot,
  ChannelBrief,
} from "@conveyor/contracts/campaigns/entities";
import { PUBLISH_RULE } from "@conveyor/contracts/campaigns/words";
import { campaignRows, type FastTx, maskSecrets } from "@conveyor/store";
import { openAssignments, readCampaign } from "./campaign-now.ts";
import { assetOf, assignmentOf, briefOf, campaignOf, changeOf, slotOf } from "./campaign-rows.ts";
import { judgedSlots } from "./dashboard.ts";
import { closeoutVerdict, proofChecks, summaryOf } from "./verdicts/closing.ts";
import { slotLifecycle } from "./verdicts/lifecycle.ts";
import { nextManagerAction } from "./verdicts/next-action.ts";

/** How many rows are read at once. */
const PART = 1_000;
/** What free words are left out of unless they are asked for. */
type Worded = "instructions" | "metadata" | "brief" | "prompt_summary" | "review_notes" | "reason";

/** All of a campaign as a document of its own, secrets masked. */
export interface CampaignDocument {
  format: "conveyor-campaign";
  format_version: 1;
  exported_at: string;
  includes_words: boolean;
  permission_to_publish: false;
  publish_rule: string;
  campaign: Omit<Campaign, "metadata"> & Partial<Pick<Campaign, "metadata">>;
  verdict: string;
  next_manager_action: { action: string; reason: string };
  summary: Record<string, number>;
  approvals: Record<string, number>;
  proof_checks: { check: string; status: string; evidence: string }[];
  channel_briefs: Without<ChannelBrief>[];
  slots: (Without<CampaignSlot> & { lifecycle_state: string; active_assignments: number; blockers: string[] })[];
  assignments: Without<CampaignAssignment>[];
  assets: Without<AssetReceipt>[];
  history: Without<Omit<CampaignChange, "campaign">>[];
}

type Without<Row> = Omit<Row, Worded> & Partial<Pick<Row, Extract<keyof Row, Worded>>>;

/** Put a campaign's document together. Pure reading; how long it is depends on the campaign alone. */
export function campaignDocument(tx: FastTx, row: campaignRows.CampaignRow, includes_words: boolean): CampaignDocument {
  const now = readCampaign(tx, row.id);
  const { snapshot } = now;
  const { approved, needs_review, published, rejected } = now.assets.all;
  const told = wordsLeftOut(includes_words);
  const assignments = all((page) => campaignRows.assignmentRows(tx, { campaign_id: row.id, ...page }));
  const assets = all((page) => campaignRows.assetRows(tx, { campaign_id: row.id, ...page }));
  const changes = all(({ after_seq, limit }) =>
    campaignRows.campaignChangesAfter(tx, { campaign_id: row.id }, { after: after_seq, limit }),
  );
  return maskSecrets({
    format: "conveyor-campaign",
    format_version: 1,
    exported_at: tx.now,
    includes_words,
    permission_to_publish: false,
    publish_rule: PUBLISH_RULE,
    campaign: told(campaignOf(row)),
    verdict: closeoutVerdict(snapshot),
    next_manager_action: nextManagerAction(snapshot),
    summary: summaryOf(snapshot),
    approvals: { approved, needs_review, published, rejected },
    proof_checks: proofChecks(snapshot, campaignRows.receiptFacts(tx, row.id)),
    channel_briefs: now.briefs.map((brief) => told(briefOf(brief))),
    slots: judgedSlots(now).map(({ row: slot, facts, blockers }) => ({
      ...told(slotOf(slot)),
      lifecycle_state: slotLifecycle(facts, snapshot.now).state,
      active_assignments: openAssignments(now.assignments.of(slot.id)),
      blockers: blockers.map(({ text }) => text),
    })),
    assignments: assignments.map((one) => told(assignmentOf(one))),
    assets: assets.map((one) => told(assetOf(one))),
    history: changes.map((one) => {
      const { campaign: _campaign, ...change } = changeOf(one);
      return told(change);
    }),
  });
}

const WORDS: readonly Worded[] = ["instructions", "metadata", "brief", "prompt_summary", "review_notes", "reason"];

function wordsLeftOut(includes_words: boolean) {
  return <Row extends object>(row: Row): Without<Row> => {
    if (includes_words) return row as Without<Row>;
    const kept = Object.entries(row).filter(([name]) => !(WORDS as readonly string[]).includes(name));
    return Object.fromEntries(kept) as Without<Row>;
  };
}

function all<Row extends { seq: number }>(read: (page: { after_seq: number; limit: number }) => Row[]): Row[] {
  const rows: Row[] = [];
  for (let part = read({ after_seq: 0, limit: PART }); part.length > 0; ) {
    rows.push(...part);
    part = part.length < PART ? [] : read({ after_seq: (part.at(-1) as Row).seq, limit: PART });
  }
  return rows;
}
