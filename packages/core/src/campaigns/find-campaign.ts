import { ConveyorError } from "@conveyor/contracts/errors";
import { shellQuote } from "@conveyor/contracts/shell-quote";
import { campaignRows, type FastTx } from "@conveyor/store";
import { only } from "../shared/references.ts";

const MOST_CANDIDATES = 6;
const NAMES_COMPARED = 1000;

/** The one campaign that a user means: exact id or name, else a unique id prefix. Throws `not_found` or `ambiguous`. */
export function resolveCampaign(tx: FastTx, reference: string): campaignRows.CampaignRow {
  const exact = campaignRows.campaignByIdOrName(tx, reference);
  if (exact !== undefined) return exact;
  const candidates = campaignRows.campaignsByIdPrefix(tx, reference, MOST_CANDIDATES);
  const names = () => campaignRows.campaignNames(tx, NAMES_COMPARED);
  return only("campaign", reference, candidates, "conveyor campaign list", names);
}

/** The same, of one that still takes changes. Throws also `precondition_failed` when it is done or archived. */
export function resolveOpenCampaign(tx: FastTx, reference: string): campaignRows.CampaignRow {
  const campaign = resolveCampaign(tx, reference);
  if (campaign.status !== "done" && campaign.status !== "archived") return campaign;
  throw new ConveyorError(
    "precondition_failed",
    `campaign ${JSON.stringify(campaign.name)} is ${campaign.status} and takes no changes`,
    {
      hint:
        campaign.status === "done"
          ? 'begin it again with `conveyor campaign update --name NAME --status active --reopen --reason "…"`, or begin another one'
          : "begin another one: what is archived stays archived",
      details: { kind: "campaign", id: campaign.id, status: campaign.status },
    },
  );
}

/** The one slot of a campaign that a user means: key, id, or a unique id prefix. Throws `not_found` or `ambiguous`. */
export function resolveSlot(
  tx: FastTx,
  { id, name }: { id: string; name: string },
  reference: string,
): campaignRows.SlotRow {
  const exact = campaignRows.slotByKeyOrId(tx, id, reference);
  if (exact !== undefined) return exact;
  const candidates = campaignRows.slotsByIdPrefix(tx, id, reference, MOST_CANDIDATES).map(named("slot_key"));
  return only("slot", reference, candidates, listing(name));
}

/** The same, of a slot that takes work. Throws also `precondition_failed` when it is archived. */
export function resolveLivingSlot(
  tx: FastTx,
  campaign: { id: string; name: string },
  reference: string,
): campaignRows.SlotRow {
  const slot = resolveSlot(tx, campaign, reference);
  if (slot.state !== "archived") return slot;
  throw new ConveyorError(
    "precondition_failed",
    `slot ${JSON.stringify(slot.slot_key)} is archived and takes no work`,
    {
      hint: "bring it back with `conveyor campaign attach-slot --name NAME --slot SLOT --reopen`, or add another one",
      details: { kind: "slot", id: slot.id, slot_key: slot.slot_key },
    },
  );
}

/** The one assignment of a campaign with this id or unique prefix. Throws `not_found` or `ambiguous`. */
export function resolveAssignment(
  tx: FastTx,
  { id, name }: { id: string; name: string },
  reference: string,
): campaignRows.AssignmentRow {
  const candidates = campaignRows.assignmentsByIdPrefix(tx, id, reference, MOST_CANDIDATES).map(named("title"));
  return only("assignment", reference, candidates, listing(name));
}

/** The one receipt of a campaign with this id or unique prefix. Throws `not_found` or `ambiguous`. */
export function resolveAsset(
  tx: FastTx,
  { id, name }: { id: string; name: string },
  reference: string,
): campaignRows.AssetRow {
  const candidates = campaignRows.assetsByIdPrefix(tx, id, reference, MOST_CANDIDATES).map(named("title"));
  return only("asset", reference, candidates, listing(name));
}

const listing = (name: string) => `conveyor campaign dashboard --name ${shellQuote(name)} --json`;

function named<Key extends string>(key: Key) {
  return <Row extends Record<Key, string>>(row: Row): Row & { name: string } => ({ ...row, name: row[key] });
}
