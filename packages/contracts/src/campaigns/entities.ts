import { z } from "zod";
import { filePath, jsonPayload, label, newName, nonBlank, oneOrMoreRows, printable, reference } from "../bounds.ts";
import { count, jsonObject, timestamp } from "../common.ts";
import { cli } from "../operation.ts";
import {
  ASSET_STATUSES,
  ASSET_TYPES,
  ASSIGNMENT_STATUSES,
  BLOCKER_CODES,
  CAMPAIGN_CHANGES,
  CAMPAIGN_ENTITIES,
  CAMPAIGN_STATUSES,
  CLOSEOUT_VERDICTS,
  MANAGER_ACTIONS,
  SLOT_LIFECYCLES,
  SLOT_STATES,
} from "./words.ts";

/** Characters of a title that stands in lists. */
const TITLE_CHARACTERS = 500;

export const campaignName = cli(reference, { flag: "name", once: true, placeholder: "campaign" }).describe(
  "the campaign: name, id or unique id prefix",
);
export const slotRef = cli(reference, { flag: "slot", placeholder: "slot" }).describe("the slot: its key or id");

/** Fields that several commands take alike. */
export const campaignFields = {
  slot_key: newName(120).describe("key of the slot, unique in its campaign"),
  role_label: printable(TITLE_CHARACTERS).describe("what the worker in it does"),
  channel: newName(120).describe("channel or discipline"),
  session_id: cli(reference, { placeholder: "session" }).describe("the worker's session: name, id or unique id prefix"),
  thread_id: cli(label, { placeholder: "thread" }).describe(
    "app thread of the worker; default: the thread of the session, where the slot has none",
  ),
  thread_title: printable(TITLE_CHARACTERS).describe("title of that thread"),
  expected_thread_id: cli(label, { placeholder: "thread" }).describe("the thread that the slot has now, exactly"),
  task: cli(reference, { placeholder: "task" }).describe(
    "the bound task that this slot stands for: its worker's signs of life count for the slot",
  ),
  metadata: cli(jsonPayload, {
    flag: "metadata-json",
    json: true,
    dash_reads_stdin: true,
    placeholder: "json",
  }).describe("free facts as one JSON object; `-` reads it from standard input"),
  title: printable(TITLE_CHARACTERS).describe("what it is called in lists"),
  reason: nonBlank.describe("why, for the history"),
  root: cli(filePath, { path: true, caller_folder: true, placeholder: "dir" }).describe(
    "the project that the file belongs to; default: the folder you are in, with the repository around it",
  ),
  page: oneOrMoreRows.describe("at most this many"),
};

export const campaign = z.object({
  id: z.string(),
  name: z.string(),
  objective: z.string(),
  status: z.enum(CAMPAIGN_STATUSES),
  metadata: jsonObject,
  created_at: timestamp,
  updated_at: timestamp,
});
export type Campaign = z.infer<typeof campaign>;

export const campaignSlot = z.object({
  id: z.string(),
  campaign_id: z.string(),
  slot_key: z.string(),
  role_label: z.string(),
  channel: z.string().nullable(),
  session_id: z.string().nullable(),
  codex_app_thread_id: z.string().nullable(),
  codex_app_thread_title: z.string().nullable(),
  task_id: z.string().nullable().describe("the task that this slot stands for, if it is tied to one"),
  state: z.enum(SLOT_STATES),
  metadata: jsonObject,
  created_at: timestamp,
  updated_at: timestamp,
});
export type CampaignSlot = z.infer<typeof campaignSlot>;

export const channelBrief = z.object({
  id: z.string(),
  campaign_id: z.string(),
  channel: z.string(),
  brief: jsonObject,
  created_at: timestamp,
  updated_at: timestamp,
});
export type ChannelBrief = z.infer<typeof channelBrief>;

export const campaignAssignment = z.object({
  id: z.string(),
  campaign_id: z.string(),
  slot_id: z.string(),
  title: z.string(),
  instructions: z.string(),
  status: z.enum(ASSIGNMENT_STATUSES),
  metadata: jsonObject,
  created_at: timestamp,
  updated_at: timestamp,
  completed_at: timestamp.nullable(),
});
export type CampaignAssignment = z.infer<typeof campaignAssignment>;

export const assetReceipt = z.object({
  id: z.string(),
  campaign_id: z.string(),
  slot_id: z.string(),
  assignment_id: z.string().nullable(),
  asset_type: z.enum(ASSET_TYPES),
  channel: z.string().nullable(),
  status: z.enum(ASSET_STATUSES),
  title: z.string(),
  prompt_summary: z.string().nullable().describe("a sanitized summary, never the prompt"),
  artifact_path: z.string().nullable().describe("relative to the project's folder"),
  artifact_sha256: z.string().nullable().describe("hash of the file when it was recorded; null when there was none"),
  metadata: jsonObject,
  review_notes: z.string().nullable(),
  reviewed_by: z.string().nullable().describe("who decided last about it; null: nobody on record"),
  reviewed_at: timestamp.nullable(),
  created_at: timestamp,
});
export type AssetReceipt = z.infer<typeof assetReceipt>;

export const assignmentCounts = z.object({
  queued: count,
  active: count,
  blocked: count,
  done: count,
  cancelled: count,
});
export type AssignmentCounts = z.infer<typeof assignmentCounts>;

export const assetCounts = z.object({
  draft: count,
  needs_review: count,
  approved: count,
  rejected: count,
  published: count,
});
export type AssetCounts = z.infer<typeof assetCounts>;

export const approvals = z.object({ approved: count, needs_review: count, published: count, rejected: count });
export type Approvals = z.infer<typeof approvals>;

/** Stands in every answer that shows how an asset was decided about. */
export const permissionToPublish = z
  .literal(false)
  .describe("always false: a status records what people decided elsewhere and grants nothing");

export const nextManagerActionField = z.object({ action: z.enum(MANAGER_ACTIONS), reason: z.string() });
export type NextManagerAction = z.infer<typeof nextManagerActionField>;

export const campaignSummary = z.object({
  active_slots: count,
  archived_slots: count,
  blocked_slots: count,
  stale_slots: count,
  assignment_total: count,
  asset_total: count,
  blocked_assignments: count,
  channel_briefs: count,
});
export type CampaignSummary = z.infer<typeof campaignSummary>;

export const slotLifecycleField = z.object({
  state: z.enum(SLOT_LIFECYCLES),
  stale: z.boolean(),
  stale_seconds: z.int().nullable(),
  operator_message: z.string().describe("what it is, or what to do, in one sentence"),
});
export type SlotLifecycle = z.infer<typeof slotLifecycleField>;

export const blockerCodes = z.array(z.enum(BLOCKER_CODES)).describe("the same as codes, one for each text");

export const ledgerReadback = z.object({
  ok: z.literal(true),
  campaign_id: z.string(),
  campaign_name: z.string(),
  checked_at: timestamp,
  checks: z.array(
    z.object({
      entity: z.enum(["campaign", "slot", "brief", "assignment"]),
      id: z.string(),
      key: z.string(),
      ok: z.literal(true),
    }),
  ),
});
export type LedgerReadback = z.infer<typeof ledgerReadback>;

export const closeoutVerdictField = z.enum(CLOSEOUT_VERDICTS);

export const campaignChange = z.object({
  seq: z.int().describe("its number in the ledger's sequence"),
  campaign: z.object({ id: z.string(), name: z.string(), status: z.enum(CAMPAIGN_STATUSES) }),
  entity: z.enum(CAMPAIGN_ENTITIES),
  entity_id: z.string(),
  change: z.enum(CAMPAIGN_CHANGES),
  from: z.string().nullable().describe("status or state before; of a rotation the thread before"),
  to: z.string().nullable().describe("status or state since; of a rotation the thread since"),
  forced: z.boolean().describe("done although a gate refused"),
  reason: z.string().nullable().describe("why, in the words of who did it"),
  by: z.string().describe("who is said to have done it: a reviewer's name, else worker, manager or operator"),
  permission_to_publish: permissionToPublish,
  created_at: timestamp,
});
export type CampaignChange = z.infer<typeof campaignChange>;
