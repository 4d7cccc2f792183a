import { z } from "zod";
import { nonBlank, rowCount, rowId } from "../bounds.ts";
import { jsonObject, taskRefObject, timestamp } from "../common.ts";
import { decisionKind } from "../decisions/entities.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { duration, permissionGrant } from "./grants.ts";

/** What an operator may be asked (spec 04 §8, 6). */
export const OPERATOR_ITEM_KINDS = ["review", "permission", "stale_ack"] as const;

/** Something that an operator has to decide. */
export const operatorItem = z.object({
  id: z.int(),
  task: taskRefObject,
  kind: z
    .enum(OPERATOR_ITEM_KINDS)
    .describe("a review to judge, a permission that was denied, an acknowledgement out of date"),
  subject: z.string().describe("the turn, the permission, or the role"),
  refs: jsonObject.describe("what it refers to, without content"),
  state: z.enum(["open", "approved", "declined", "withdrawn"]),
  created_at: timestamp,
  decided_at: timestamp.nullable(),
  note: z.string().nullable().describe("why it was decided so"),
  decision_id: z.int().nullable().describe("the decision that stands for it, for --decision-id"),
  grant_id: z.int().nullable().describe("the permission that was granted for it"),
});
export type OperatorItem = z.infer<typeof operatorItem>;

const item = cli(rowId, { position: 0, placeholder: "item" }).describe("number of the item");
const refuses = [...BY_NAME, "permission_denied", "conflict"] as const;

/** `operator list` (spec 04 §8, 6). */
export const listOperatorItems = operation({
  path: "contract.listOperatorItems",
  kind: "query",
  summary: "List what waits for a person to decide",
  ledger: "read",
  refuses: BY_NAME,
  cli: {
    command: "operator",
    place: 200,
    action: "list",
    prints: "json",
    examples: ["operator list", "operator list --all"],
  },
  input: z.object({
    all: z.boolean().default(false).describe("also what was decided"),
    limit: rowCount.default(100).describe("at most this many, the newest; 0 lists all"),
  }),
  output: z.object({ items: z.array(operatorItem) }),
});

/** `operator approve` (spec 04 §8, 6). */
export const approve = operation({
  path: "contract.approve",
  kind: "mutation",
  summary: "Approve what waits for you; of a permission, grant it once and for an hour unless told otherwise",
  ledger: "write",
  refuses,
  cli: {
    command: "operator",
    place: 210,
    action: "approve",
    prints: "json",
    notes: "What is approved is a decision for one use: its number is what --decision-id takes.",
    examples: ['operator approve 3 --reason "read both proposals"', 'operator approve 4 --reason "go on" --for 10m'],
  },
  input: z.object({
    item,
    reason: nonBlank.describe("why"),
    decision: decisionKind
      .default("nudge")
      .describe("what the manager may do with the decision: nudge to compact, stop to finish"),
    expires_in: cli(duration, { flag: "for", placeholder: "time" })
      .default("1h")
      .describe("how long a permission holds that is granted by it"),
    uses: z.int().min(1).max(1_000).default(1).describe("how often it may be used"),
  }),
  output: z.object({ item: operatorItem, grants: z.array(permissionGrant) }),
});

/** `operator decline` (spec 04 §8, 6). */
export const decline = operation({
  path: "contract.decline",
  kind: "mutation",
  summary: "Decline what waits for you",
  ledger: "write",
  refuses,
  cli: {
    command: "operator",
    place: 220,
    action: "decline",
    prints: "json",
    examples: ['operator decline 3 --reason "not now"'],
  },
  input: z.object({ item, reason: nonBlank.describe("why") }),
  output: z.object({ item: operatorItem }),
});
