import { describe, expect, it } from "vitest";
import { usePlans } from "../testing/plans.ts";
import * as campaigns from "./index.ts";

describe("statements of campaigns", () => {
  const planOf = usePlans();

  it.each([
    ["slots with their workers", campaigns.PEOPLED_SLOTS_SQL, "campaign_worker_slots_campaign_id_seq"],
    ["who has a thread", campaigns.SLOT_HOLDING_SQL, "campaign_worker_slots_thread"],
    ["counts of assignments", campaigns.ASSIGNMENT_COUNTS_SQL, "campaign_assignments_campaign_id_slot_id_status"],
    ["counts of receipts", campaigns.ASSET_COUNTS_SQL, "campaign_asset_receipts_campaign_id_slot_id_status"],
    ["blocked assignments", campaigns.BLOCKED_ASSIGNMENTS_SQL, "campaign_assignments_campaign_status"],
    ["open rejections", campaigns.OPEN_REJECTIONS_SQL, "campaign_asset_receipts_campaign_status"],
    ["counts of open rejections", campaigns.OPEN_REJECTION_COUNTS_SQL, "campaign_asset_receipts_campaign"],
    ["what closing asks of receipts", campaigns.RECEIPT_FACTS_SQL, "campaign_asset_receipts_assignment"],
    ["newest assignments of each slot", campaigns.NEWEST_ASSIGNMENTS_SQL, "campaign_assignments_slot_id_seq"],
    ["newest receipts of each slot", campaigns.NEWEST_ASSETS_SQL, "campaign_asset_receipts_slot_id_seq"],
    ["the receipt of an assignment", campaigns.RECEIPT_OF_ASSIGNMENT_SQL, "campaign_asset_receipts_assignment"],
    ["receipts by assignment", campaigns.RECEIPT_COUNTS_SQL, "campaign_assignments_campaign_id_seq"],
    ["ids of receipts", campaigns.RECEIPT_IDS_SQL, "campaign_asset_receipts_campaign_id_seq"],
    ["all assignments", campaigns.ALL_ASSIGNMENTS_SQL, "campaign_assignments_campaign_id_seq"],
    ["all receipts", campaigns.ALL_ASSETS_SQL, "campaign_asset_receipts_campaign_id_seq"],
    ["briefs", campaigns.BRIEFS_SQL, "campaign_channel_briefs_campaign_channel"],
    ["changes", campaigns.CHANGES_AFTER_SQL, "campaign_changes_seq"],
    ["changes of a campaign", campaigns.CHANGES_OF_CAMPAIGN_SQL, "campaign_changes_campaign_id_seq"],
    ["changes of one thing", campaigns.CHANGES_OF_ONE_SQL, "campaign_changes_entity_id_seq"],
    ["the newest change", campaigns.NEWEST_CHANGE_SQL, "campaign_changes_seq"],
    ["the newest change of a campaign", campaigns.NEWEST_CHANGE_OF_CAMPAIGN_SQL, "campaign_changes_campaign_id_seq"],
  ])("%s go by an index and never through a whole table", async (_name, sql, index) => {
    const plan = await planOf(sql);
    expect(plan.join("\n")).toMatch(new RegExp(`USING (COVERING )?INDEX ${index}`));
    expect(plan.filter((step) => /^SCAN (?!json_each|slot VIRTUAL|CONSTANT|\(subquery)/.test(step))).toEqual([]);
  });

  it.each([
    ["ids of receipts", campaigns.RECEIPT_IDS_SQL],
    ["all receipts", campaigns.ALL_ASSETS_SQL],
    ["changes of a campaign", campaigns.CHANGES_OF_CAMPAIGN_SQL],
    ["counts of receipts", campaigns.ASSET_COUNTS_SQL],
    ["slots with their workers", campaigns.PEOPLED_SLOTS_SQL],
  ])("%s come in order, without sorting", async (_name, sql) => {
    expect((await planOf(sql)).filter((step) => step.includes("TEMP B-TREE"))).toEqual([]);
  });

  it("no statement is planned anew because another value is bound to its limit", () => {
    const statements = Object.entries(campaigns).filter(([name]) => name.endsWith("_SQL"));
    expect(statements.length).toBeGreaterThan(20);
    const bare = statements.filter(([, sql]) => /\bLIMIT\s+[@?]\w*(?!\w|\s*\+)/.test(String(sql)));
    expect(bare.map(([name]) => name)).toEqual([]);
  });
});
