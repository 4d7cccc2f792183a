import { z } from "zod";
import { printable } from "../bounds.ts";
import { role, taskArgument, taskRefObject } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { acknowledgedItem, itemNumber } from "./entities.ts";

/** `inbox-release` (spec 03 §13 item 3): return a taken item to its inbox. */
export const release = operation({
  path: "inbox.release",
  kind: "mutation",
  summary: "Return a taken item to its inbox, for somebody else or for later",
  ledger: "write",
  refuses: [...BY_NAME, "ack_not_delivered", "ack_role_mismatch", "no_active_binding"],
  cli: {
    command: "inbox-release",
    place: 100,
    prints: "text",
    examples: ['inbox-release auth --notification-id 12 --role worker --reason "out of context, restarting"'],
  },
  input: z.object({
    task: taskArgument,
    notification_id: itemNumber,
    role: role.describe("the role that releases it; the item must be addressed to it"),
    reason: printable(500).optional().describe("why, in one line"),
  }),
  output: z.object({
    notification: acknowledgedItem,
    delivery_count: z.int(),
    released: z.boolean().describe("false: it lay in the inbox already"),
    task: taskRefObject,
  }),
});
