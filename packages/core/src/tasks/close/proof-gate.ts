import type { FinalAudits } from "@conveyor/contracts";
import type { ProofPolicy } from "@conveyor/contracts/checks/words";
import { isHeldTo, notProven, type Proven, type ProvenCriterion } from "../../checks/state.ts";
import type { GateFailure } from "./failure.ts";

/** What the proof gate looks at: each criterion against the files as they were right before the transaction. */
export interface ProofSnapshot {
  /** What the manager config says. */
  policy: string;
  criteria: readonly (ProvenCriterion & Proven & { next: string | null })[];
  /** Files were changed after the checks of this finish had run. */
  moved: boolean;
}

/** What the checks say of the end of a task, under the policy or under `all` when that was asked for. Pure. */
export function proofAudit(
  { policy, criteria, moved }: ProofSnapshot,
  require_proof: boolean,
): FinalAudits["final_proof_audit"] {
  const demanded = require_proof ? "all" : policy;
  const open = notProven(demanded, criteria);
  const held = criteria.filter(({ status }) => isHeldTo(status));
  // Where proof was asked for outright, nothing to prove is no proof.
  const is_empty = demanded !== "auto" && demanded !== "off" && held.length === 0;
  return {
    proof_policy: demanded as ProofPolicy,
    ok: open.length === 0 && !is_empty,
    subject_moved: moved,
    criteria: held.map(({ criterion_id, state, reason, next }) => ({
      criterion_id,
      state,
      reason,
      next,
      ok: !open.some((one) => one.criterion_id === criterion_id),
    })),
  };
}

/** The refusal of the proof gate: every open criterion with its state, and the command that brings it further. Pure. */
export function* proofRefusals({
  ok,
  proof_policy,
  criteria,
  subject_moved,
}: FinalAudits["final_proof_audit"]): Generator<GateFailure> {
  if (ok) return;
  const open = criteria.filter((criterion) => !criterion.ok);
  const [first] = open;
  const moved = subject_moved ? "subject_moved: files were changed after the checks had run; " : "";
  yield {
    stage: "final_proof_audit",
    message:
      first === undefined
        ? `proof is demanded (${proof_policy}) and there is no accepted criterion to prove`
        : `${moved}not proven: ${open.map(({ criterion_id, state, reason }) => `#${criterion_id} ${state} (${reason})`).join("; ")}`,
    hint:
      first === undefined
        ? "say what must be true with `conveyor criteria TASK --add --criterion TEXT --source user_requested --status accepted`"
        : open
            .map(({ criterion_id, next }) =>
              next === null
                ? `prove #${criterion_id} by an isolated run: \`conveyor checks edit ID --isolated\``
                : `\`${next}\``,
            )
            .join("; "),
  };
}
