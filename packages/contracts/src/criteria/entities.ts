import { z } from "zod";
import { freeText, jsonPayload } from "../bounds.ts";
import { count, jsonObject, taskRefObject, timestamp } from "../common.ts";
import { cli } from "../operation.ts";

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
  labels: z.array(z.string()).optional().describe("for people; absent without any"),
  position: z.int().optional().describe("its place for people, when it was given one"),
  merged_into: z.int().optional().describe("the criterion that it goes on in"),
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

export const ledger = z.object({
  task: taskRefObject,
  criteria: z.array(criterion),
  summary: criteriaSummary.describe("counts over all criteria of the task, also when the list is filtered"),
});

export const criterionWarning = z.enum(["satisfied_without_evidence", "manager_closeout_proof"]);
export type CriterionWarning = z.infer<typeof criterionWarning>;

export const criterionReceipt = ledger.extend({
  affected_criterion: criterion,
  warnings: z.array(criterionWarning).describe("doubtful but accepted facts about the changed criterion"),
});

export const proofFields = {
  proof: freeText.optional().describe("what proves it, in words"),
  rationale: freeText.optional().describe("why it has this status"),
  evidence: cli(jsonPayload, { flag: "evidence-json", json: true, placeholder: "json" })
    .optional()
    .describe("evidence as a JSON object; on a change it replaces what was stored"),
};
