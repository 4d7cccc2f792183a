import { z } from "zod";
import { filePath, freeText, newName, reference } from "../bounds.ts";
import { warnings } from "../common.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import {
  assetReceipt,
  campaign,
  campaignChange,
  campaignFields,
  campaignName,
  permissionToPublish,
  slotRef,
} from "./entities.ts";
import { ASSET_STATUSES, ASSET_TYPES, PUBLISH_RULE } from "./words.ts";

/** `campaign asset` (spec 06 §6.5): a receipt for something that was made. */
export const asset = operation({
  path: "campaigns.asset",
  kind: "mutation",
  summary: "Record a receipt for an asset, before it is reviewed",
  ledger: "write",
  refuses: [...BY_NAME, "conflict", "permission_denied"],
  cli: {
    command: "campaign",
    place: 100,
    action: "asset",
    prints: "text",
    notes: `${PUBLISH_RULE}
One receipt for each assignment; --allow-additional-receipt is for deliberate variants and revisions only.
The file lies inside the project, is no link and holds no secrets.`,
    examples: [
      'campaign asset --name launch --slot tiktok --asset-type video --title "clip 1" --status needs_review --artifact-path clips/1.mp4',
    ],
  },
  input: z.object({
    name: campaignName,
    slot: slotRef,
    asset_type: z.enum(ASSET_TYPES).describe("what it is"),
    title: campaignFields.title,
    assignment: cli(reference, { placeholder: "id" })
      .optional()
      .describe("the assignment that it fulfils: id or unique id prefix"),
    channel: campaignFields.channel.optional(),
    status: z.enum(ASSET_STATUSES).default("draft").describe("how it stands"),
    prompt_summary: freeText.optional().describe("a sanitized summary of what was asked for, never the prompt itself"),
    artifact_path: cli(filePath, { path: true, placeholder: "file" }).optional().describe("the file, in the project"),
    metadata: campaignFields.metadata.default({}),
    review_notes: freeText.optional().describe("what a reviewer has to know"),
    allow_additional_receipt: z
      .boolean()
      .default(false)
      .describe("record a further receipt for the assignment: a deliberate variant or revision"),
    root: campaignFields.root.optional(),
  }),
  output: z.object({
    action: z.literal("asset"),
    asset_receipt_id: z.string(),
    campaign,
    created: z.literal(true),
    slot_id: z.string(),
    permission_to_publish: permissionToPublish,
    warnings,
  }),
});

/** `campaign review` (spec 06 §6.12 item 1). */
export const review = operation({
  path: "campaigns.review",
  kind: "mutation",
  summary: "Record what a person decided about an asset; grants nothing",
  ledger: "write",
  refuses: [...BY_NAME, "permission_denied"],
  cli: {
    command: "campaign",
    place: 110,
    action: "review",
    prints: "text",
    notes: `${PUBLISH_RULE}
needs_review hands a draft or a reworked asset to the reviewer. A rejection says why in --notes.`,
    examples: [
      "campaign review --name launch --asset campaign-asset-1 --status approved --reviewer Ann",
      'campaign review --name launch --asset campaign-asset-1 --status rejected --reviewer Ann --notes "too long"',
    ],
  },
  input: z.object({
    name: campaignName,
    asset: cli(reference, { placeholder: "id" }).describe("the receipt: id or unique id prefix"),
    status: z
      .enum(["needs_review", "approved", "rejected", "published"])
      .describe("what was decided; needs_review: it is to be decided"),
    reviewer: newName(120).describe("name of the person who decided"),
    notes: campaignFields.reason.optional(),
  }),
  output: z.object({
    action: z.literal("review"),
    asset: assetReceipt,
    campaign,
    updated: z.boolean().describe("false: it stood so already"),
    change: campaignChange.nullable(),
    permission_to_publish: permissionToPublish,
  }),
});
