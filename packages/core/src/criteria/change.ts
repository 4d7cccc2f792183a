import type { Criterion, CriterionStatus, Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { canonicalJson, type WriteTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { receiptIdentity } from "../loops/receipt-identity.ts";
import { resolveTask } from "../shared/references.ts";
import { hasEvidence } from "./add.ts";
import { criteriaOf, criteriaSummaryOf, criterionOf, criterionWarnings } from "./criterion.ts";
import { assertEvidence } from "./evidence-policy.ts";

/** `criteria --accept`; also re-opens a criterion of any other status (spec 04 §1.1). */
export const accept = changeTo("accepted");
/** `criteria --satisfy`; applied again it amends proof and evidence. */
export const satisfy = changeTo("satisfied");
/** `criteria --defer`. */
export const defer = changeTo("deferred");
/** `criteria --reject`. */
export const reject = changeTo("rejected");

function changeTo(status: CriterionStatus) {
  return async (ctx: Ctx, input: Input<"criteria.accept">): Promise<Output<"criteria.accept">> =>
    ctx.store.write(async (tx) => {
      const task = resolveTask(tx, input.task);
      if (status === "satisfied") await assertEvidence(tx, task, input);
      const affected_criterion = await updateCriterion(tx, task, { ...input, status });
      const criteria = criteriaOf(tx, task.id);
      return {
        task: { id: task.id, name: task.name },
        criteria,
        summary: criteriaSummaryOf(criteria),
        affected_criterion,
        warnings: criterionWarnings(affected_criterion),
      };
    });
}

export interface CriterionChange {
  criterion_id: number;
  status: CriterionStatus;
  /** Undefined keeps what is stored, here and below. */
  proof?: string | undefined;
  rationale?: string | undefined;
  /** Replaces the whole evidence. */
  evidence?: Record<string, unknown> | undefined;
}

/**
 * Set a criterion's status and what is given of its proof, rationale and evidence; every status may follow every other.
 * Writes `acceptance_criterion_updated` with the previous values. Throws `not_found` when the task has no such criterion.
 */
export async function updateCriterion(
  tx: WriteTx,
  task: { id: string; name: string },
  { criterion_id, status, proof, rationale, evidence }: CriterionChange,
): Promise<Criterion> {
  const found = await tx.db.acceptance_criteria.findFirst({ where: { id: criterion_id, task_id: task.id } });
  if (found === null) {
    throw new ConveyorError("not_found", `task ${JSON.stringify(task.name)} has no criterion #${criterion_id}`, {
      hint: `list them: conveyor criteria ${task.id} --list`,
      details: { kind: "criterion", id: criterion_id, task_id: task.id },
    });
  }
  const before = criterionOf(found);
  const after = criterionOf(
    await tx.db.acceptance_criteria.update({
      where: { id: criterion_id },
      data: {
        status,
        proof,
        rationale,
        ...(evidence !== undefined && {
          evidence_json: canonicalJson(evidence),
          ...receiptIdentity(tx, task.id, evidence),
        }),
        updated_at: tx.now,
        updated_seq: tx.seq(),
      },
    }),
  );
  const { id: _id, created_at: _created, updated_at: _updated, ...whole } = after;
  const { labels: _labels, position: _position, merged_into: _into, ...facts } = whole;
  tx.tell("acceptance_criterion_updated", {
    task_id: task.id,
    run_id: receiptIdentity(tx, task.id, after.evidence).loop_run_id ?? undefined,
    summary: `criterion #${criterion_id} ${before.status} -> ${status}`,
    correlation: { criterion_id, source: after.source },
    attributes: {
      criterion: after.criterion,
      status,
      previous_status: before.status,
      has_evidence: hasEvidence(after),
      has_proof: after.proof !== null,
    },
    payload: {
      ...facts,
      criterion_id,
      previous_status: before.status,
      previous_evidence: before.evidence,
      previous_proof: before.proof,
      previous_rationale: before.rationale,
    },
  });
  return after;
}
