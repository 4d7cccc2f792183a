import { z } from "zod";
import { rowCount, rowId, waitSeconds } from "../bounds.ts";
import { jsonObject, role, taskRefObject, timestamp } from "../common.ts";
import { content } from "../content.ts";
import { deliveryMode } from "../dispatch/entities.ts";

export const acknowledgementStatus = z.enum(["received", "accepted", "blocked"]);

/** What a role answered to an item (spec 03 §4.5). */
export const acknowledgement = z.object({
  id: z.int(),
  task_id: z.string(),
  binding_id: z.string(),
  notification_id: z.int(),
  role,
  status: acknowledgementStatus,
  payload: content(jsonObject, "whole"),
  created_at: timestamp,
  correlation_id: z.string().nullable(),
});
export type Acknowledgement = z.infer<typeof acknowledgement>;

/** An item: a message as the session that it is addressed to sees it (spec 03 §4.3, §7.6). */
export const inboxItem = z.object({
  id: z.int(),
  task_id: z.string(),
  task_name: z.string(),
  binding_id: z.string(),
  correlation_id: z.string(),
  source_session_id: z.string(),
  source_session_name: z.string(),
  source_session_role: role,
  target_session_id: z.string(),
  target_session_name: z.string(),
  target_session_role: role,
  signal_type: z.string(),
  source_event_id: z.int().nullable(),
  source_event_timestamp: z.string().nullable(),
  dedupe_key: z.string(),
  command_id: z.string().nullable(),
  created_at: timestamp,
  delivered_at: timestamp.nullable(),
  consumed_at: timestamp.nullable(),
  consumed_by_session_id: z.string().nullable(),
  consumed_manager_cycle_id: z.int().nullable(),
  ack_due_at: timestamp.nullable().describe("unanswered until then, the item goes back to its inbox"),
  delivery_count: z.int().describe("how often it lay in the inbox; more than 1 when it went back"),
  delivery_mode: deliveryMode,
  state: z.enum(["pending", "delivered", "failed", "suppressed"]),
  claimed_by: z.string().nullable(),
  claimed_at: timestamp.nullable(),
  claim_expires_at: timestamp.nullable(),
  side_effect_started: z.boolean(),
  side_effect_completed: z.boolean(),
  payload: content(jsonObject, "carried"),
  error: z.string().nullable(),
  transport: z.string().nullable(),
  delivery_method: z.string().nullable(),
  delivery_id: z.string().nullable(),
  acknowledgement: acknowledgement.nullable().describe("the latest one"),
});
export type InboxItem = z.infer<typeof inboxItem>;

export const inboxDocument = z.object({
  consumed: inboxItem.nullable(),
  items: z.array(inboxItem).describe("unconsumed items, oldest first"),
  pending_count: z.int().describe("all unconsumed items, not only those shown"),
  other_bindings_pending_count: z.int().describe("unconsumed items left over from bindings that have ended"),
  session: z.object({ id: z.string(), name: z.string(), role }),
  task: taskRefObject.optional(),
  wait: z.object({
    enabled: z.boolean(),
    elapsed_seconds: z.number(),
    interval_seconds: z.number(),
    poll_count: z.int(),
    timed_out: z.boolean(),
    timeout_seconds: z.number(),
  }),
  interrupted: z.boolean().optional(),
});
export type InboxDocument = z.infer<typeof inboxDocument>;

export const pollFields = {
  wait: z.boolean().default(false).describe("wait until there is an item"),
  timeout: waitSeconds.default(30).describe("longest wait in seconds; 0 looks once"),
  interval: waitSeconds.gt(0).default(2).describe("longest time between two looks in seconds"),
  limit: rowCount.default(10).describe("at most this many items in the list"),
};

export type PollInput = z.output<z.ZodObject<typeof pollFields>>;

/** An item as far as its acknowledgements need it: without its message. */
export const acknowledgedItem = inboxItem.pick({
  binding_id: true,
  consumed_at: true,
  delivered_at: true,
  delivery_mode: true,
  id: true,
  signal_type: true,
  state: true,
  target_session_id: true,
  target_session_name: true,
  target_session_role: true,
  task_id: true,
});
export type AcknowledgedItem = z.infer<typeof acknowledgedItem>;

export const itemNumber = rowId.min(1).describe("the number of the item");
