import type { Input, Output } from "@conveyor/contracts";
import { dispatchRows, loopRows } from "@conveyor/store";
import { criteriaOf, isAdversarialProof } from "../criteria/criterion.ts";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";
import { standingView } from "./evidence-view.ts";
import { chooseLoopRun } from "./find-loop-run.ts";
import { mergeIteration, mergeStandings } from "./merge-gate.ts";
import { continuationStandings, judgeContinuation } from "./policy.ts";
import { readSnapshot } from "./snapshot.ts";
import { type EvidenceStanding, evidenceVerdict, type LoopVerdict } from "./standing.ts";

/** What a gate says, and of which evidence. */
interface Answer {
  iteration: number | null;
  requested_iteration: number | null;
  verdict: LoopVerdict;
  standings: EvidenceStanding[];
}

/**
 * What Dispatch or finish-task would say at this moment, asked of the functions that they ask themselves (spec 05 §9). Throws
 * `not_found`, `ambiguous`, and what `findLoopRun` throws.
 */
export async function gate(ctx: Ctx, input: Input<"loops.gate">): Promise<Output<"loops.gate">> {
  return ctx.store.peek((tx) => {
    const task = resolveTask(tx, input.task);
    const { run, policy } = chooseLoopRun(tx, task, input.run);
    const requested = input.requested_iteration ?? policy.current_iteration + 1;
    const binding = dispatchRows.routeOfTask(tx, task.id)?.binding ?? null;
    const snapshot = readSnapshot(tx, run, {
      task_state: task.state,
      requested_iteration: requested,
      waiting: binding && { target_session_id: binding.worker.id, binding_id: binding.id, command_id: "" },
    });
    const asks: Record<typeof input.for, () => Answer> = {
      continue: () => ({
        iteration: requested - 1,
        requested_iteration: requested,
        verdict: snapshot === undefined ? UNREADABLE : judgeContinuation(snapshot, requested),
        standings: snapshot === undefined ? [] : continuationStandings(snapshot, requested),
      }),
      merge: () => {
        const iteration = mergeIteration(policy);
        const receipts = loopRows.receiptsOfIteration(tx, { run_id: run.id, iteration, task_id: task.id });
        const standings =
          snapshot === undefined ? [] : mergeStandings(policy, receipts, { rules: snapshot.rules, now: tx.now });
        const verdict = snapshot === undefined ? UNREADABLE : evidenceVerdict(standings);
        return { iteration, requested_iteration: null, verdict, standings };
      },
      finish: () => {
        const standings = [proofStanding(tx, task.id)];
        return { iteration: null, requested_iteration: null, verdict: evidenceVerdict(standings), standings };
      },
    };
    const { verdict, standings, ...iterations } = asks[input.for]();
    return {
      task: { id: task.id, name: task.name },
      run: { id: run.id, name: run.name },
      for: input.for,
      ...iterations,
      can_pass: verdict.reason === null,
      ...verdict,
      evidence: standings.map(standingView),
    };
  });
}

/** A gate whose rules cannot be read refuses. */
const UNREADABLE: LoopVerdict = { reason: "unreadable_rules", missing_evidence: [] };

/** Whether anything in the task would satisfy finish-task --require-adversarial-proof. */
function proofStanding(tx: Parameters<typeof criteriaOf>[0], task_id: string): EvidenceStanding {
  const proof = criteriaOf(tx, task_id).findLast(isAdversarialProof);
  const evidence_type = "adversarial_check";
  if (proof === undefined) return { evidence_type, state: "missing", receipt: undefined };
  const { id, source, status, updated_at } = proof;
  const row = { id, source, status, updated_at, evidence_type, evidence_json: "{}", updated_seq: 0 };
  return { evidence_type, state: "satisfied", receipt: row };
}
