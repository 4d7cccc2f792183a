import { z } from "zod";
import { jsonPayload, label } from "../bounds.ts";
import { role, taskArgument, taskRefObject, timestamp } from "../common.ts";
import { content } from "../content.ts";
import type { EventName } from "../events/catalogue.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { acknowledgedItem, acknowledgement, acknowledgementStatus, itemNumber } from "./entities.ts";

/** `inbox-ack` (spec 03 §7.7): how one item was acknowledged. */
export const acknowledgements = operation({
  path: "inbox.acknowledgements",
  kind: "query",
  summary: "Show how an item was acknowledged",
  ledger: "read",
  refuses: [...BY_NAME, "no_active_binding"],
  shows_content: true,
  cli: {
    command: "inbox-ack",
    place: 80,
    prints: "text",
    examples: ["inbox-ack auth --notification-id 12", "inbox-ack auth --notification-id 12 --json"],
  },
  input: z.object({ task: taskArgument, notification_id: itemNumber }),
  output: z.object({
    acknowledgements: z.array(acknowledgement).describe("in the order in which they were given, the newest 1000"),
    latest: acknowledgement.nullable(),
    notification: acknowledgedItem,
    task: taskRefObject,
  }),
});

/** `inbox-ack --from-stdin` (spec 03 §3.4, §7.7): acknowledge one item. */
export const acknowledge = operation({
  path: "inbox.acknowledge",
  kind: "mutation",
  summary: "Acknowledge an item as the role that it was sent to",
  ledger: "write",
  refuses: [
    ...BY_NAME,
    "ack_not_consumed",
    "ack_not_delivered",
    "ack_regression",
    "ack_role_mismatch",
    "no_active_binding",
  ],
  shows_content: true,
  cli: {
    command: "inbox-ack",
    place: 90,
    select: "from-stdin",
    prints: "json",
    notes:
      "Usual keys of the document are summary, evidence and blockers. Only the keys are told to telemetry. The same status " +
      "with the same document again answers with the first record.",
    examples: ["inbox-ack auth --notification-id 12 --role worker --status received --from-stdin < answer.json"],
  },
  input: z.object({
    task: taskArgument,
    notification_id: itemNumber,
    role: role.describe("the role that acknowledges; the item must be addressed to it"),
    status: acknowledgementStatus.describe("received once it was delivered; accepted or blocked once it was taken"),
    payload: cli(content(jsonPayload, "whole"), { from_stdin: true }).describe(
      "read the answer, one JSON object, from standard input",
    ),
    correlation_id: label.optional().describe("label to keep with the answer"),
  }),
  output: z.object({
    acknowledgement,
    deduplicated: z.boolean().describe("this answer was recorded before; nothing was written"),
    notification: acknowledgedItem,
    receipt: z.object({
      event_id: z.string().nullable().describe("the telemetry event; null when it was pruned"),
      event_type: z.literal("dispatch_inbox_ack_recorded" satisfies EventName),
      recorded_at: timestamp,
    }),
    task: taskRefObject,
  }),
});
