import { z } from "zod";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { campaign, campaignFields, campaignName, campaignSlot, slotRef } from "./entities.ts";
import { SLOT_STATES } from "./words.ts";

/** `campaign attach-slot` (spec 06 §6.5): only what is given changes. */
export const attachSlot = operation({
  path: "campaigns.attachSlot",
  kind: "mutation",
  summary: "Put a worker's session or thread into a slot; only what is given changes",
  ledger: "write",
  refuses: [...BY_NAME, "conflicting_flags", "no_active_binding"],
  cli: {
    command: "campaign",
    place: 40,
    action: "attach-slot",
    prints: "text",
    notes: "An archived slot comes back only with --reopen.",
    examples: ["campaign attach-slot --name launch --slot tiktok --session-id tiktok-worker --thread-id thr-1"],
  },
  input: z.object({
    name: campaignName,
    slot: slotRef,
    session_id: campaignFields.session_id.optional(),
    thread_id: campaignFields.thread_id.optional(),
    thread_title: campaignFields.thread_title.optional(),
    task: campaignFields.task.optional(),
    state: z.enum(SLOT_STATES).default("active").describe("what the slot is in from now on"),
    metadata: campaignFields.metadata.optional(),
    clear_session: z.boolean().default(false).describe("take the session out of the slot"),
    clear_thread: z.boolean().default(false).describe("take the thread and its title out of the slot"),
    clear_task: z.boolean().default(false).describe("the slot stands for no task any more"),
    reopen: z.boolean().default(false).describe("bring an archived slot back"),
  }),
  output: z.object({ action: z.literal("attach-slot"), campaign, slot: campaignSlot, updated: z.literal(true) }),
});
