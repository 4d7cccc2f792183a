import type { CriteriaSummary, Criterion, CriterionWarning } from "@conveyor/contracts";
import { type FastTx, lookups } from "@conveyor/store";
import { isAdversarialEvidence, isIndependent, saysSomething } from "../shared/proof-words.ts";
import { isManagerCloseout } from "./closeout.ts";

/** A stored criterion as users see it. */
export function criterionOf(row: lookups.CriterionRow): Criterion {
  return {
    id: row.id,
    task_id: row.task_id,
    criterion: row.criterion,
    status: row.status as Criterion["status"],
    source: row.source as Criterion["source"],
    proof: row.proof,
    rationale: row.rationale,
    evidence: JSON.parse(row.evidence_json) as Criterion["evidence"],
    created_at: row.created_at,
    updated_at: row.updated_at,
    ...(row.labels_json !== "[]" && { labels: JSON.parse(row.labels_json) as string[] }),
    ...(row.position !== null && { position: row.position }),
    ...(row.merged_into_id !== null && { merged_into: row.merged_into_id }),
  };
}

/** All criteria of a task in order of their ids (spec 04 §3.3). */
export function criteriaOf(tx: FastTx, task_id: string): Criterion[] {
  return lookups.criteriaOfTask(tx, task_id).map(criterionOf);
}

/** How many criteria have each status; all five are always there. Pure. */
export function criteriaSummaryOf(criteria: readonly Pick<Criterion, "status">[]): CriteriaSummary {
  const summary: CriteriaSummary = { proposed: 0, accepted: 0, satisfied: 0, deferred: 0, rejected: 0 };
  for (const { status } of criteria) summary[status] += 1;
  return summary;
}

/**
 * Whether the criterion is satisfied by a check that tried to break the work and failed to (spec 04 §3.3), told by
 * somebody else than the worker: the finish gate `--require-adversarial-proof` wants one such. Pure.
 */
export function isAdversarialProof({
  status,
  source,
  evidence,
}: Pick<Criterion, "evidence" | "source" | "status">): boolean {
  if (status !== "satisfied" || evidence["evidence_type"] !== "adversarial_check") return false;
  return isIndependent(source) && isAdversarialEvidence(evidence);
}

/** What is doubtful about a criterion that was just written (spec 04 §4.5). Pure. */
export function criterionWarnings({ status, criterion, proof, evidence }: Criterion): CriterionWarning[] {
  const warnings: CriterionWarning[] = [];
  const unproven = !saysSomething(proof) && Object.keys(evidence).length === 0;
  if (status === "satisfied" && unproven) warnings.push("satisfied_without_evidence");
  if (isManagerCloseout(criterion)) warnings.push("manager_closeout_proof");
  return warnings;
}
