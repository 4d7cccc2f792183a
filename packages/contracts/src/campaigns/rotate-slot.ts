import { z } from "zod";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { campaign, campaignFields, campaignName, campaignSlot, slotRef } from "./entities.ts";
import { SLOT_STATES } from "./words.ts";

/** `campaign rotate-slot` (spec 06 §6.5): changes the record; the app makes the threads. */
export const rotateSlot = operation({
  path: "campaigns.rotateSlot",
  kind: "mutation",
  summary: "Record that a fresh thread took a slot over, naming exactly the thread that it replaces",
  ledger: "write",
  refuses: [...BY_NAME, "conflict", "no_active_binding", "terminal_state"],
  cli: {
    command: "campaign",
    place: 50,
    action: "rotate-slot",
    prints: "text",
    notes: `Of a slot that stands for a task the worker's session moves to the fresh thread too, guarded as
app-worker-rotation-record is; both happen, or nothing.`,
    examples: ["campaign rotate-slot --name launch --slot tiktok --expected-thread-id thr-1 --thread-id thr-2"],
  },
  input: z.object({
    name: campaignName,
    slot: slotRef,
    expected_thread_id: campaignFields.expected_thread_id,
    thread_id: campaignFields.thread_id.describe("the fresh thread"),
    thread_title: campaignFields.thread_title.optional(),
    session_id: campaignFields.session_id.optional(),
    state: z.enum(SLOT_STATES).default("active").describe("what the slot is in from now on"),
  }),
  output: z.object({
    action: z.literal("rotate-slot"),
    campaign,
    expected_thread_id: z.string(),
    slot: campaignSlot,
    updated: z.literal(true),
    rotation_receipt: z
      .string()
      .nullable()
      .describe("receipt of the rotation of the task's worker; null when the slot stands for no task"),
  }),
});
