import { z } from "zod";
import { nonBlank, reference } from "../bounds.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import {
  campaign,
  campaignAssignment,
  campaignChange,
  campaignFields,
  campaignName,
  ledgerReadback,
  slotRef,
} from "./entities.ts";
import { ASSIGNMENT_STATUSES } from "./words.ts";

/** `campaign assign` (spec 06 §6.5). */
export const assign = operation({
  path: "campaigns.assign",
  kind: "mutation",
  summary: "Give a slot work, before its worker is prompted",
  ledger: "write",
  refuses: [...BY_NAME, "side_effect_failed"],
  cli: {
    command: "campaign",
    place: 80,
    action: "assign",
    prints: "text",
    examples: ['campaign assign --name launch --slot tiktok --title "clip 1" --instructions "20 seconds, no faces"'],
  },
  input: z.object({
    name: campaignName,
    slot: slotRef,
    title: campaignFields.title,
    instructions: nonBlank.describe("what is to be done"),
    status: z.enum(ASSIGNMENT_STATUSES).default("queued").describe("how it stands"),
    metadata: campaignFields.metadata.default({}),
  }),
  output: z.object({
    action: z.literal("assign"),
    assignment_id: z.string(),
    campaign,
    created: z.literal(true),
    slot_id: z.string(),
    ledger_readback: ledgerReadback,
  }),
});

/** `campaign assignment` (spec 06 §6.12 item 1). */
export const assignment = operation({
  path: "campaigns.assignment",
  kind: "mutation",
  summary: "Say how an assignment stands",
  ledger: "write",
  refuses: [...BY_NAME],
  cli: {
    command: "campaign",
    place: 90,
    action: "assignment",
    prints: "text",
    notes: "What is done or cancelled begins again only with --reopen and a --reason.",
    examples: ["campaign assignment --name launch --id campaign-assignment-1 --status active"],
  },
  input: z.object({
    name: campaignName,
    assignment_id: cli(reference, { flag: "id", placeholder: "id" }).describe("the assignment: id or unique id prefix"),
    status: z.enum(ASSIGNMENT_STATUSES).describe("how it stands from now on"),
    reason: campaignFields.reason.optional(),
    reopen: z.boolean().default(false).describe("let something that was over begin again; needs --reason"),
  }),
  output: z.object({
    action: z.literal("assignment"),
    assignment: campaignAssignment,
    campaign,
    updated: z.boolean().describe("false: it stood so already"),
    change: campaignChange.nullable(),
  }),
});
