import type { Criterion, CriterionSource } from "@conveyor/contracts";
import { type lookups, loopRows, type WriteTx } from "@conveyor/store";
import { insertCriterion } from "../criteria/add.ts";
import { updateCriterion } from "../criteria/change.ts";
import { criterionOf } from "../criteria/criterion.ts";
import { isIndependent } from "../shared/proof-words.ts";
import { receiptLabel } from "./receipt-identity.ts";

/** A receipt as it is to be written. */
export interface ReceiptRecord {
  identity: loopRows.LoopReceiptKey;
  status: Criterion["status"];
  source: CriterionSource;
  proof: string | undefined;
  usual_proof: string | null;
  evidence: Record<string, unknown>;
}

/** Write a receipt where it belongs: attempts stand beside each other, all else replaces what was there. */
export async function putReceipt(
  tx: WriteTx,
  task: lookups.TaskRow,
  { identity, status, source, proof, usual_proof, evidence }: ReceiptRecord,
): Promise<{ criterion: Criterion; created: boolean }> {
  const label = receiptLabel(identity);
  const earlier = loopRows.receiptsOfKey(tx, task.id, identity, label);
  const isAttempt = identity.evidence_type === "conflict_attempt";
  const ofSameSide = isAttempt ? [] : earlier.filter((row) => isIndependent(row.source) === isIndependent(source));
  if (ofSameSide.length > 0) {
    let last = criterionOf(ofSameSide[0] as lookups.CriterionRow);
    for (const row of ofSameSide) {
      const kept = row.proof === null && proof === undefined ? (usual_proof ?? undefined) : proof;
      last = await updateCriterion(tx, task, { criterion_id: row.id, status, proof: kept, evidence });
    }
    return { criterion: last, created: false };
  }
  const attempt = isAttempt ? earlier.length + 1 : 1;
  const text = attempt === 1 ? label : `${label} attempt ${attempt}`;
  const facts = isAttempt ? { ...evidence, attempt } : evidence;
  const wanted = { task_id: task.id, criterion: text, source, status, attempt, evidence: facts };
  return insertCriterion(tx, { ...wanted, proof: proof ?? usual_proof ?? undefined });
}
