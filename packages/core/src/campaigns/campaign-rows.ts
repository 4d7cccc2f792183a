import type {
  AssetReceipt,
  Campaign,
  CampaignAssignment,
  CampaignChange,
  CampaignSlot,
  ChannelBrief,
} from "@conveyor/contracts/campaigns/entities";
import type { campaignRows } from "@conveyor/store";

/** A stored object as JSON; what an imported ledger holds otherwise is shown as empty. */
function objectOf(json: string): Record<string, unknown> {
  const value: unknown = JSON.parse(json);
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** A campaign as users see it. */
export function campaignOf(row: campaignRows.CampaignRow): Campaign {
  const { id, name, objective, created_at, updated_at } = row;
  const status = row.status as Campaign["status"];
  return { id, name, objective, status, metadata: objectOf(row.metadata_json), created_at, updated_at };
}

/** A slot as users see it. */
export function slotOf(row: campaignRows.SlotRow): CampaignSlot {
  const { id, campaign_id, slot_key, role_label, channel, session_id, task_id, created_at, updated_at } = row;
  const { codex_app_thread_id, codex_app_thread_title } = row;
  return {
    ...{ id, campaign_id, slot_key, role_label, channel, session_id, codex_app_thread_id, codex_app_thread_title },
    ...{ task_id, state: row.state as CampaignSlot["state"], metadata: objectOf(row.metadata_json) },
    ...{ created_at, updated_at },
  };
}

/** A brief as users see it. */
export function briefOf(row: campaignRows.BriefRow): ChannelBrief {
  const { id, campaign_id, channel, created_at, updated_at } = row;
  return { id, campaign_id, channel, brief: objectOf(row.brief_json), created_at, updated_at };
}

/** An assignment as users see it. */
export function assignmentOf(row: campaignRows.AssignmentRow): CampaignAssignment {
  const { id, campaign_id, slot_id, title, instructions, created_at, updated_at, completed_at } = row;
  return {
    ...{ id, campaign_id, slot_id, title, instructions, status: row.status as CampaignAssignment["status"] },
    ...{ metadata: objectOf(row.metadata_json), created_at, updated_at, completed_at },
  };
}

/** A receipt as users see it. */
export function assetOf(row: campaignRows.AssetRow): AssetReceipt {
  const { id, campaign_id, slot_id, assignment_id, channel, title, prompt_summary, artifact_path } = row;
  const { artifact_sha256, review_notes, reviewed_by, reviewed_at, created_at } = row;
  return {
    ...{ id, campaign_id, slot_id, assignment_id, asset_type: row.asset_type as AssetReceipt["asset_type"], channel },
    ...{ status: row.status as AssetReceipt["status"], title, prompt_summary, artifact_path, artifact_sha256 },
    ...{ metadata: objectOf(row.metadata_json), review_notes, reviewed_by, reviewed_at, created_at },
  };
}

/** A change as users see it. */
export function changeOf(row: campaignRows.CampaignChangeRow): CampaignChange {
  return {
    seq: row.seq,
    campaign: {
      id: row.campaign_id,
      name: row.campaign_name,
      status: row.campaign_status as CampaignChange["campaign"]["status"],
    },
    entity: row.entity as CampaignChange["entity"],
    entity_id: row.entity_id,
    change: row.change as CampaignChange["change"],
    from: row.from_state,
    to: row.to_state,
    forced: row.forced !== 0,
    reason: row.reason,
    by: row.changed_by,
    permission_to_publish: false,
    created_at: row.created_at,
  };
}
