import { z } from "zod";
import { nonBlank, printable, reference } from "../bounds.ts";
import { role, taskArgument, taskRefObject } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { dispatcherNeed, wakeActionStatus, wakeReceipt } from "./entities.ts";

export const DELIVERY_STATUSES = ["sent", "skipped", "blocked"] as const;

export const deliveryStatus = z.enum(DELIVERY_STATUSES);
export type DeliveryStatus = z.infer<typeof deliveryStatus>;

/** `app-wakeup-record-delivery` (spec 06 §6.2). */
export const recordWakeupDelivery = operation({
  path: "autonomy.recordWakeupDelivery",
  kind: "mutation",
  summary: "Record what became of one prepared prompt",
  ledger: "write",
  refuses: [...BY_NAME, "conflict"],
  cli: {
    command: "app-wakeup-record-delivery",
    place: 50,
    prints: "text",
    examples: [
      "app-wakeup-record-delivery auth --role worker --dispatch-receipt telemetry-… --delivery-status sent --thread-id thr_1",
      'app-wakeup-record-delivery auth --role worker --dispatch-receipt telemetry-… --delivery-status blocked --reason "thread is archived"',
    ],
  },
  input: z.object({
    task: taskArgument,
    role: role.describe("whose action it was"),
    dispatch_receipt: reference.describe("receipt.event_id of the app-wakeup-dispatch that prepared it"),
    delivery_status: deliveryStatus.describe("what became of it"),
    thread_id: printable(200).optional().describe("thread that was sent to; needed for sent"),
    reason: nonBlank.optional().describe("why it was not sent; needed for blocked when it was ready to send"),
  }),
  output: z.object({
    task: taskRefObject,
    delivery: z.object({
      role,
      status: deliveryStatus,
      thread_id: z.string().nullable(),
      reason: z.string().nullable(),
      source_action_status: wakeActionStatus,
      source_send_ready: z.boolean(),
    }),
    source: z.object({
      dispatch_receipt: z.string(),
      dispatch_required: z.boolean().describe("a dispatcher was missing when the action was prepared"),
      dispatcher: dispatcherNeed,
    }),
    receipt: wakeReceipt("app_wakeup_delivery_recorded"),
    duplicate: z.boolean().describe("the same had been recorded before; the receipt is that of the first time"),
  }),
});
