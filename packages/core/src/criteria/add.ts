import type { Criterion, CriterionSource, CriterionStatus, Input, Output } from "@conveyor/contracts";
import { canonicalJson, type WriteTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { receiptIdentity } from "../loops/receipt-identity.ts";
import { resolveTask } from "../shared/references.ts";
import { addCommandChecks, commandCheck } from "./command-checks.ts";
import { criteriaOf, criteriaSummaryOf, criterionOf, criterionWarnings } from "./criterion.ts";
import { assertEvidence } from "./evidence-policy.ts";

/**
 * Add a criterion, and the checks that are named with it. The same text from the same source answers with the row that is
 * there, unchanged (spec 04 §4.5, 09 §9.4). Throws `not_found`, `ambiguous`, `invalid_input` for a check that needs a shell,
 * `conflict` for one whose name another has.
 */
export async function add(ctx: Ctx, input: Input<"criteria.add">): Promise<Output<"criteria.add">> {
  const commands = (input.check ?? []).map(commandCheck);
  return ctx.store.write(async (tx) => {
    const { id, name } = resolveTask(tx, input.task);
    if (input.status === "satisfied") await assertEvidence(tx, { id }, { evidence: input.evidence ?? {} });
    const { criterion, created } = await insertCriterion(tx, { ...input, task_id: id });
    const checks =
      commands.length === 0
        ? undefined
        : await addCommandChecks(ctx, tx, { task_id: id, criterion_id: criterion.id, commands });
    const criteria = criteriaOf(tx, id);
    return {
      task: { id, name },
      criteria,
      summary: criteriaSummaryOf(criteria),
      affected_criterion: criterion,
      warnings: criterionWarnings(criterion),
      created,
      ...(checks !== undefined && { checks }),
    };
  });
}

export interface NewCriterion {
  task_id: string;
  criterion: string;
  source: CriterionSource;
  status: CriterionStatus;
  proof?: string | undefined;
  rationale?: string | undefined;
  evidence?: Record<string, unknown> | undefined;
  /** Which of several receipts of the same loop, iteration and type it is; default: the first. */
  attempt?: number | undefined;
}

/**
 * Write a criterion and `acceptance_criterion_added`, or find the one with the same text and source, which stays as it
 * is. The text is trimmed.
 */
export async function insertCriterion(
  tx: WriteTx,
  wanted: NewCriterion,
): Promise<{ criterion: Criterion; created: boolean }> {
  const text = wanted.criterion.trim();
  const { task_id, source, status, proof = null, rationale = null, evidence = {} } = wanted;
  const same = await tx.db.acceptance_criteria.findUnique({
    where: { task_id_source_criterion: { task_id, source, criterion: text } },
  });
  if (same !== null) return { criterion: criterionOf(same), created: false };
  const seq = tx.seq();
  const identity = receiptIdentity(tx, task_id, evidence);
  const row = await tx.db.acceptance_criteria.create({
    data: {
      seq,
      updated_seq: seq,
      task_id,
      criterion: text,
      status,
      source,
      proof,
      rationale,
      evidence_json: canonicalJson(evidence),
      ...identity,
      attempt: wanted.attempt ?? 1,
      created_at: tx.now,
      updated_at: tx.now,
    },
  });
  const criterion = criterionOf(row);
  const { id: criterion_id, created_at: _created, updated_at: _updated, ...whole } = criterion;
  const { labels: _labels, position: _position, merged_into: _into, ...facts } = whole;
  tx.tell("acceptance_criterion_added", {
    task_id,
    run_id: identity.loop_run_id ?? undefined,
    summary: `criterion #${criterion_id} added as ${status}`,
    correlation: { criterion_id, source },
    attributes: { criterion: text, status, has_evidence: hasEvidence(criterion), has_proof: proof !== null },
    payload: { ...facts, criterion_id, created: true },
  });
  return { criterion, created: true };
}

export function hasEvidence({ evidence }: Pick<Criterion, "evidence">): boolean {
  return Object.keys(evidence).length > 0;
}
