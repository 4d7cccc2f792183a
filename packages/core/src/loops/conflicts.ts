import { canonicalJson, type lookups, loopRows, type WriteTx } from "@conveyor/store";
import { type ConflictCount, countConflicts } from "./merge-gate.ts";
import { metadataOf } from "./policy.ts";
import { putReceipt } from "./put-receipt.ts";

/**
 * Count the conflicts of a loop anew, keep the count with the run, and write the receipt `conflict_blocked` when the limit
 * has just been reached (spec 05 §6.3).
 */
export async function settleConflicts(
  tx: WriteTx,
  task: lookups.TaskRow,
  run: loopRows.PolicyRun,
  iteration: number,
): Promise<ConflictCount> {
  const metadata = metadataOf(run);
  const count = countConflicts(loopRows.conflictHistory(tx, run.id), metadata);
  const before = objectOf(metadata["conflict_state"]);
  await keepConflictState(tx, run, { ...before, retry_count: count.retry_count, state: count.state });
  if (count.state === "blocked" && before["state"] !== "blocked") {
    await putReceipt(tx, task, {
      identity: { run_id: run.id, iteration, evidence_type: "conflict_blocked" },
      status: "rejected",
      source: "manager_inferred",
      proof: undefined,
      usual_proof: `conflicts were left unresolved ${count.retry_count} times; at most ${count.max_retries} are allowed`,
      evidence: {
        evidence_type: "conflict_blocked",
        iteration,
        ralph_loop_run_id: run.id,
        status: "blocked",
        conflict_state: "unresolved",
        max_retries: count.max_retries,
        retry_count: count.retry_count,
        stop_reason: "conflict_retry_limit_reached",
        next_action: "the operator decides, then lifts it with loop-evidence reset-conflicts",
      },
    });
  }
  return count;
}

/** Write what is known of a loop's conflicts into its run. */
export async function keepConflictState(
  tx: WriteTx,
  run: loopRows.PolicyRun,
  conflict_state: Record<string, unknown>,
): Promise<void> {
  const metadata_json = canonicalJson({ ...metadataOf(run), conflict_state });
  await tx.db.runs.update({ where: { id: run.id }, data: { metadata_json } });
}

function objectOf(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === "object" ? (value as Record<string, unknown>) : {};
}
