import type { Input, Output } from "@conveyor/contracts";
import { ASSET_TRANSITIONS, type AssetStatus } from "@conveyor/contracts/campaigns/words";
import { ConveyorError } from "@conveyor/contracts/errors";
import { lookAtProjectFile, type ProjectFile } from "@conveyor/host";
import { campaignRows, canonicalJson, maskSecrets, type WriteTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { assetOf, campaignOf } from "./campaign-rows.ts";
import { assertIsNoWorker, campaignActor, campaignNow, recordChange } from "./change-campaign.ts";
import { resolveAsset, resolveAssignment, resolveLivingSlot, resolveOpenCampaign } from "./find-campaign.ts";
import { assertMayFollow } from "./transitions.ts";

/** Decisions, which whoever does the work does not make. */
const DECIDED: readonly string[] = ["approved", "rejected", "published"];

/**
 * Record a receipt for an asset. Throws `not_found`, `ambiguous`, `conflict` for a second receipt of an assignment that was
 * not asked for, `precondition_failed` for a campaign or slot that is over or an assignment of another slot,
 * `permission_denied` for a worker that records a decision, `invalid_input` for secrets and for a file that a receipt does
 * not name (see `lookAtProjectFile`).
 */
export async function asset(ctx: Ctx, input: Input<"campaigns.asset">): Promise<Output<"campaigns.asset">> {
  assertNoSecrets(input);
  const file = await artifactOf(ctx, input);
  const { row, id, slot_id } = await ctx.store.write(async (tx) => insertAsset(ctx, tx, input, file));
  return {
    action: "asset",
    asset_receipt_id: id,
    campaign: campaignOf(row),
    created: true,
    slot_id,
    permission_to_publish: false,
    warnings: warningsOf(file),
  };
}

const TEXTS = ["title", "channel", "prompt_summary", "review_notes", "metadata"] as const;

function assertNoSecrets(input: Input<"campaigns.asset">): void {
  const field = TEXTS.find((name) => maskSecrets(input[name]) !== input[name]);
  if (field === undefined) return;
  throw new ConveyorError("invalid_input", `${field}: holds what looks like a secret, which no receipt may`, {
    hint: "describe it in sanitized words",
    details: { field },
  });
}

async function artifactOf(ctx: Ctx, { artifact_path, root }: Input<"campaigns.asset">): Promise<ProjectFile | null> {
  if (artifact_path === undefined) return null;
  if (root === undefined) {
    throw new ConveyorError("invalid_input", "root: it is not known which project the file belongs to", {
      hint: "name the project's folder with --root DIR",
      details: { field: "root" },
    });
  }
  const holdsSecret = (text: string) => maskSecrets(text) !== text;
  return lookAtProjectFile(root, artifact_path, { holdsSecret, signal: ctx.signal });
}

function warningsOf(file: ProjectFile | null): string[] {
  if (file === null || file.sha256 !== null) return [];
  return [file.is_there ? "artifact_too_large_to_hash" : "artifact_missing"];
}

async function insertAsset(ctx: Ctx, tx: WriteTx, input: Input<"campaigns.asset">, file: ProjectFile | null) {
  const campaign = resolveOpenCampaign(tx, input.name);
  const { id: campaign_id } = campaign;
  const slot = resolveLivingSlot(tx, campaign, input.slot);
  const assignment_id = input.assignment === undefined ? null : assignmentIn(tx, campaign, slot, input.assignment);
  if (assignment_id !== null && !input.allow_additional_receipt) assertFirstReceipt(tx, assignment_id);
  const by = campaignActor(ctx, tx);
  if (DECIDED.includes(input.status)) assertIsNoWorker(by, `record an asset as ${input.status}`);
  const id = ctx.host.ids.next("campaign-asset");
  const { asset_type, status, title, prompt_summary, review_notes } = input;
  await tx.db.campaign_asset_receipts.create({
    data: {
      ...{ id, seq: tx.seq(), campaign_id, slot_id: slot.id, assignment_id, asset_type, status, title },
      ...{ channel: input.channel ?? slot.channel, prompt_summary, review_notes },
      ...{ artifact_path: file?.path, artifact_sha256: file?.sha256 },
      ...{ metadata_json: canonicalJson(input.metadata), created_at: tx.now },
    },
  });
  await recordChange(tx, campaign, { entity: "asset", entity_id: id, change: "recorded", to: status, by });
  tx.tell("campaign_asset_recorded", {
    actor: by,
    summary: `campaign ${campaign.name}: slot ${slot.slot_key} has a receipt`,
    correlation: { campaign_id, slot_id: slot.id, ...(assignment_id !== null && { assignment_id }) },
    attributes: {
      ...{ campaign_id, slot_id: slot.id, assignment_id, asset_receipt_id: id, asset_type, status },
      has_file: file?.is_there ?? false,
    },
  });
  return { row: await campaignNow(tx, campaign_id), id, slot_id: slot.id };
}

function assignmentIn(
  tx: WriteTx,
  campaign: campaignRows.CampaignRow,
  slot: campaignRows.SlotRow,
  reference: string,
): string {
  const { id, slot_id, title } = resolveAssignment(tx, campaign, reference);
  if (slot_id === slot.id) return id;
  throw new ConveyorError(
    "precondition_failed",
    `assignment ${JSON.stringify(title)} was given to another slot than ${JSON.stringify(slot.slot_key)}`,
    { hint: "name the slot that the assignment was given to", details: { assignment_id: id, slot_id } },
  );
}

function assertFirstReceipt(tx: WriteTx, assignment_id: string): void {
  const existing = campaignRows.receiptOfAssignment(tx, assignment_id);
  if (existing === undefined) return;
  throw new ConveyorError(
    "conflict",
    `the assignment has receipt ${existing} already; --allow-additional-receipt is meant for deliberate variants or revisions only`,
    {
      hint: "if it was recorded twice by accident, leave it; look at the dashboard",
      details: { kind: "asset", id: existing, assignment_id },
    },
  );
}

/**
 * Record what a person decided about an asset, as its table of transitions allows; the same status again changes nothing.
 * It grants nothing. Throws `not_found`, `ambiguous`, `permission_denied` for whoever does the work, `precondition_failed` for
 * a step that is not allowed or a campaign that is over, `invalid_input` where words are missing or hold a secret.
 */
export async function review(ctx: Ctx, input: Input<"campaigns.review">): Promise<Output<"campaigns.review">> {
  const { status: to, reviewer, notes } = input;
  if (maskSecrets(notes) !== notes) {
    throw new ConveyorError("invalid_input", "notes: holds what looks like a secret, which no receipt may", {
      hint: "describe it in sanitized words",
      details: { field: "notes" },
    });
  }
  return ctx.store.write(async (tx) => {
    const campaign = resolveOpenCampaign(tx, input.name);
    const before = resolveAsset(tx, campaign, input.asset);
    const from = before.status as AssetStatus;
    const by = campaignActor(ctx, tx);
    if (to !== "needs_review" || from !== "draft") assertIsNoWorker(by, "decide about an asset");
    const answer = { action: "review", permission_to_publish: false } as const;
    if (from === to) {
      return { ...answer, asset: assetOf(before), campaign: campaignOf(campaign), updated: false, change: null };
    }
    const what = `asset ${JSON.stringify(before.title)}`;
    assertMayFollow(ASSET_TRANSITIONS, { what, from, to, reason: notes, reason_flag: "--notes", reopen: false });
    const is_decision = DECIDED.includes(to);
    const after = await tx.db.campaign_asset_receipts.update({
      where: { id: before.id },
      data: {
        ...{ status: to, review_notes: notes },
        ...{ reviewed_by: is_decision ? reviewer : null, reviewed_at: is_decision ? tx.now : null },
      },
    });
    const { id, campaign_id } = after;
    const told = { entity: "asset", entity_id: id, change: "reviewed", from, to, reason: notes, by: reviewer } as const;
    const change = await recordChange(tx, campaign, told);
    tx.tell("campaign_asset_reviewed", {
      actor: by,
      summary: `campaign ${campaign.name}: an asset ${from} -> ${to}`,
      correlation: { campaign_id, asset_receipt_id: id },
      attributes: { campaign_id, asset_receipt_id: id, reviewer, from, to, has_reason: notes !== undefined },
    });
    const row = await campaignNow(tx, campaign_id);
    return { ...answer, asset: assetOf(after), campaign: campaignOf(row), updated: true, change };
  });
}
