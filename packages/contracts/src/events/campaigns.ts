import type { EventDeclaration, Zod } from "./declaration.ts";

const ANYBODY = ["worker", "manager", "operator"] as const;

const ofCampaign = (z: Zod) => ({ campaign_id: z.string().describe("id of the campaign") });

const ofSlot = (z: Zod) => ({
  ...ofCampaign(z),
  slot_id: z.string().describe("id of the slot"),
  slot_key: z.string().describe("key of the slot"),
  state: z.string().describe("what the slot is in now"),
});

const moved = (z: Zod) => ({
  from: z.string().describe("status before"),
  to: z.string().describe("status since"),
  has_reason: z.boolean().describe("whether words say why; they stand in the history of the campaign"),
});

/** Campaigns (spec 06 §6.4). None of these holds a title, a brief, instructions or notes. */
export const campaignEvents = {
  campaign_created: {
    kind: "both",
    tells: "a campaign began",
    actor: ANYBODY,
    severity: "info",
    attributes: (z) => ({ ...ofCampaign(z), name: z.string().describe("name of the campaign") }),
  },
  campaign_updated: {
    kind: "both",
    tells: "a campaign was paused, blocked, resumed, archived or reopened",
    actor: ANYBODY,
    severity: "info",
    attributes: (z) => ({ ...ofCampaign(z), ...moved(z) }),
  },
  campaign_closed: {
    kind: "both",
    tells: "a campaign was closed; a warning when its closeout was not ready",
    actor: ANYBODY,
    severity: ["info", "warning"],
    attributes: (z) => ({
      ...ofCampaign(z),
      verdict: z.string().describe("what its closeout said"),
      forced: z.boolean().describe("whether it was closed in spite of that"),
    }),
  },
  campaign_slot_added: {
    kind: "both",
    tells: "a campaign got a slot",
    actor: ANYBODY,
    severity: "info",
    attributes: (z) => ({ ...ofSlot(z), channel: z.string().nullable().describe("its channel") }),
  },
  campaign_slot_attached: {
    kind: "both",
    tells: "a worker was put into a slot, or something else of the slot changed",
    actor: ANYBODY,
    severity: "info",
    attributes: (z) => ({
      ...ofSlot(z),
      changed: z.array(z.string()).describe("names of the fields that changed"),
      reopened: z.boolean().describe("whether the slot was archived before"),
    }),
  },
  campaign_slot_rotated: {
    kind: "both",
    tells: "a fresh thread took a slot over",
    actor: ANYBODY,
    severity: "info",
    attributes: (z) => ({
      ...ofSlot(z),
      old_thread_id: z.string().describe("the thread that was replaced"),
      new_thread_id: z.string().describe("the thread since"),
    }),
  },
  campaign_slot_archived: {
    kind: "both",
    tells: "a slot is over",
    actor: ANYBODY,
    severity: "info",
    attributes: (z) => ({ ...ofSlot(z), thread_id: z.string().describe("the thread that it had") }),
  },
  campaign_brief_upserted: {
    kind: "both",
    tells: "the brief of a channel was set",
    actor: ANYBODY,
    severity: "info",
    attributes: (z, { byte_count }) => ({
      ...ofCampaign(z),
      brief_id: z.string().describe("id of the brief"),
      channel: z.string().describe("its channel"),
      created: z.boolean().describe("whether the channel had none before"),
      byte_count,
    }),
  },
  campaign_assignment_created: {
    kind: "both",
    tells: "a slot got work",
    actor: ANYBODY,
    severity: "info",
    attributes: (z) => ({
      ...ofCampaign(z),
      slot_id: z.string().describe("id of the slot"),
      assignment_id: z.string().describe("id of the assignment"),
      status: z.string().describe("how it stands"),
    }),
  },
  campaign_assignment_changed: {
    kind: "both",
    tells: "an assignment stands otherwise than before",
    actor: ANYBODY,
    severity: "info",
    attributes: (z) => ({
      ...ofCampaign(z),
      slot_id: z.string().describe("id of the slot"),
      assignment_id: z.string().describe("id of the assignment"),
      ...moved(z),
    }),
  },
  campaign_asset_recorded: {
    kind: "both",
    tells: "a receipt for an asset was recorded",
    actor: ANYBODY,
    severity: "info",
    attributes: (z) => ({
      ...ofCampaign(z),
      slot_id: z.string().describe("id of the slot"),
      assignment_id: z.string().nullable().describe("id of the assignment that it fulfils"),
      asset_receipt_id: z.string().describe("id of the receipt"),
      asset_type: z.string().describe("what it is"),
      status: z.string().describe("how it stands"),
      has_file: z.boolean().describe("whether the file was there to be looked at"),
    }),
  },
  campaign_asset_reviewed: {
    kind: "both",
    tells: "somebody decided about an asset; grants nothing",
    actor: ANYBODY,
    severity: "info",
    attributes: (z) => ({
      ...ofCampaign(z),
      asset_receipt_id: z.string().describe("id of the receipt"),
      reviewer: z.string().describe("who is said to have decided"),
      ...moved(z),
    }),
  },
  campaign_export_started: {
    kind: "audit",
    tells: "a campaign is about to be written to a file",
    attributes: (z) => ({
      ...ofCampaign(z),
      path: z.string().describe("the file"),
      format: z.string().describe("its form"),
      includes_words: z.boolean().describe("whether instructions, briefs and notes are in it"),
    }),
  },
  campaign_exported: {
    kind: "both",
    tells: "a campaign was written to a file, or that failed",
    actor: ANYBODY,
    severity: ["info", "error"],
    attributes: (z, { success, byte_count, error_or_null }) => ({
      ...ofCampaign(z),
      success,
      format: z.string().describe("its form"),
      byte_count,
      error: error_or_null,
    }),
  },
} as const satisfies Record<string, EventDeclaration>;
