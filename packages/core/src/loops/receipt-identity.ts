import { type FastTx, loopRows } from "@conveyor/store";

/** By what a criterion is known as a receipt of a loop; all null for any other criterion. */
export interface ReceiptIdentity {
  loop_run_id: string | null;
  loop_iteration: number | null;
  evidence_type: string | null;
}

const NONE: ReceiptIdentity = { loop_run_id: null, loop_iteration: null, evidence_type: null };

/**
 * The loop, iteration and type that an evidence object names, when it names a run of this task (spec 05 §2.3): every way by
 * which a criterion is written fills them in, so that the gates find it.
 */
export function receiptIdentity(
  tx: FastTx,
  task_id: string,
  evidence: Readonly<Record<string, unknown>>,
): ReceiptIdentity {
  const { ralph_loop_run_id, iteration, evidence_type } = evidence;
  if (typeof ralph_loop_run_id !== "string" || typeof evidence_type !== "string") return NONE;
  if (!Number.isSafeInteger(iteration) || (iteration as number) < 0 || (iteration as number) > 2 ** 31 - 1) return NONE;
  const run = loopRows.runById(tx, ralph_loop_run_id);
  if (run === undefined || run.task_id !== task_id) return NONE;
  return { loop_run_id: run.id, loop_iteration: iteration as number, evidence_type: evidence_type.trim() };
}

/** By what people and older ledgers know a receipt (spec 05 §2.3). Pure. */
export function receiptLabel({ run_id, iteration, evidence_type }: loopRows.LoopReceiptKey): string {
  return `Ralph loop ${run_id} iteration ${iteration} ${evidence_type} evidence`;
}
