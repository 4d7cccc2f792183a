import { z } from "zod";
import { freeText, jsonPayload, listOf, nonBlank, rowId } from "./bounds.ts";
import { count, jsonObject, taskArgument, taskRefObject, timestamp } from "./common.ts";
import { cli, operation } from "./operation.ts";

/** Criterion states; every one may follow every other (spec 04 §1.1). */
export const criterionStatus = z.enum(["proposed", "accepted", "satisfied", "deferred", "rejected"]);
export type CriterionStatus = z.infer<typeof criterionStatus>;

/** Who a criterion comes from (spec 04 §3.3). */
export const criterionSource = z.enum(["user_requested", "manager_inferred", "worker_proposed", "final_audit"]);
export type CriterionSource = z.infer<typeof criterionSource>;

export const criterion = z.object({
  id: z.int(),
  task_id: z.string(),
  criterion: z.string(),
  status: criterionStatus,
  source: criterionSource,
  proof: z.string().nullable(),
  rationale: z.string().nullable(),
  evidence: jsonObject,
  created_at: timestamp,
  updated_at: timestamp,
});
export type Criterion = z.infer<typeof criterion>;

export const criteriaSummary = z.object({
  proposed: count,
  accepted: count,
  satisfied: count,
  deferred: count,
  rejected: count,
});
export type CriteriaSummary = z.infer<typeof criteriaSummary>;

export const criterionWarning = z.enum(["satisfied_without_evidence", "manager_closeout_proof"]);
export type CriterionWarning = z.infer<typeof criterionWarning>;

const ledger = z.object({
  task: taskRefObject,
  criteria: z.array(criterion),
  summary: criteriaSummary.describe("counts over all criteria of the task, also when the list is filtered"),
});

const receipt = ledger.extend({
  affected_criterion: criterion,
  warnings: z.array(criterionWarning).describe("doubtful but accepted facts about the changed criterion"),
});

const proofFields = {
  proof: freeText.optional().describe("what proves it, in words"),
  rationale: freeText.optional().describe("why it has this status"),
  evidence: cli(jsonPayload, { flag: "evidence-json", json: true, placeholder: "json" })
    .optional()
    .describe("evidence as a JSON object; on a change it replaces what was stored"),
};

/** `criteria --list` (spec 04 §4.5). */
export const list = operation({
  path: "criteria.list",
  kind: "query",
  summary: "List a task's acceptance criteria",
  ledger: "read",
  cli: { command: "criteria", select: "list", prints: "json", examples: ["criteria auth --list --status accepted"] },
  input: z.object({
    task: taskArgument,
    status: listOf(criterionStatus).default([]).describe("only criteria of these statuses"),
  }),
  output: ledger,
});

/** `criteria --add` (spec 04 §4.5): the same text from the same source answers with the first row. */
export const add = operation({
  path: "criteria.add",
  kind: "mutation",
  summary: "Add an acceptance criterion to a task",
  ledger: "write",
  cli: {
    command: "criteria",
    select: "add",
    prints: "json",
    examples: ['criteria auth --add --criterion "Parser rejects empty input" --source worker_proposed'],
  },
  input: z.object({
    task: taskArgument,
    criterion: nonBlank.describe("what must be true"),
    source: criterionSource.describe("who asks for it: the operator, the manager, the worker or the closing audit"),
    status: cli(criterionStatus, { once: true }).default("proposed").describe("status to start with"),
    ...proofFields,
  }),
  output: receipt.extend({ created: z.boolean() }),
});

function change<const Name extends "accept" | "satisfy" | "defer" | "reject">(name: Name, summary: string) {
  return operation({
    path: `criteria.${name}`,
    kind: "mutation",
    summary,
    ledger: "write",
    cli: { command: "criteria", select: name, prints: "json" },
    input: z.object({
      task: taskArgument,
      criterion_id: cli(rowId, { flag: name, placeholder: "id" }).describe(`id of the criterion to ${name}`),
      ...proofFields,
    }),
    output: receipt,
  });
}

/** `criteria --accept ID` (spec 04 §4.5). */
export const accept = change("accept", "Accept a criterion: it blocks an audited finish until it is proven");
/** `criteria --satisfy ID` (spec 04 §4.5). */
export const satisfy = change("satisfy", "Mark a criterion satisfied, with its proof");
/** `criteria --defer ID` (spec 04 §4.5). */
export const defer = change("defer", "Put a criterion off to later work");
/** `criteria --reject ID` (spec 04 §4.5). */
export const reject = change("reject", "Reject a criterion");
