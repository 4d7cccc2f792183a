import type { Criterion, DecisionValidation, FinalAudits } from "@conveyor/contracts";
import { criteriaSummaryOf, isAdversarialProof } from "../../criteria/criterion.ts";
import type { GateFailure } from "./failure.ts";
import { type ProofSnapshot, proofAudit, proofRefusals } from "./proof-gate.ts";

export interface GateFlags {
  require_criteria_audit: boolean;
  require_acks: boolean;
  require_epilogue: boolean;
  require_adversarial_proof: boolean;
  strict_decisions: boolean;
  require_proof: boolean;
}

export const NO_GATES: GateFlags = {
  require_criteria_audit: false,
  require_acks: false,
  require_epilogue: false,
  require_adversarial_proof: false,
  strict_decisions: false,
  require_proof: false,
};

export interface GateAck {
  id: number;
  binding_id: string | null;
  manager_config_revision: number | null;
}

/** Everything that the gates of one task look at, read in one transaction. */
export interface GateSnapshot {
  criteria: readonly Criterion[];
  worker_ack: GateAck | null;
  manager_ack: GateAck | null;
  binding_id: string | null;
  /** `epilogues` is null when what is stored cannot be read. */
  config: { require_acks: boolean; epilogues: readonly string[] | null; revision: number } | null;
  /** Newest run of each epilogue step. */
  epilogue_runs: ReadonlyMap<string, { id: number; state: string }>;
  decision: DecisionValidation;
  proof: ProofSnapshot;
}

/**
 * What every gate says about the task, and the refusals among those that were asked for, in the order in which they
 * speak (spec 01 §6.14). Pure: the same snapshot always gives the same answer.
 */
export function evaluateGates(
  snapshot: GateSnapshot,
  flags: GateFlags,
): { audits: FinalAudits; failures: GateFailure[] } {
  const audits: FinalAudits = {
    final_adversarial_audit: adversarialAudit(snapshot.criteria),
    final_audit: criteriaAudit(snapshot.criteria, flags.require_criteria_audit),
    final_ack_audit: ackAudit(snapshot, flags.require_acks || (snapshot.config?.require_acks ?? false)),
    final_epilogue_audit: epilogueAudit(snapshot, flags.require_epilogue),
    final_proof_audit: proofAudit(snapshot.proof, flags.require_proof),
  };
  return { audits, failures: [...gateRefusals(audits, snapshot.decision, flags)] };
}

/** The refusals of the gates that were asked for, by what the audits found. Pure. */
export function* gateRefusals(
  audits: FinalAudits,
  decision: DecisionValidation,
  flags: GateFlags,
): Generator<GateFailure> {
  if (flags.require_adversarial_proof && !audits.final_adversarial_audit.ok) {
    yield {
      stage: "final_adversarial_audit",
      message:
        "adversarial proof is required: no satisfied criterion carries evidence of an adversarial check (failure_mode, check, result)",
      hint: 'record one on a criterion that is not the worker\'s own: `conveyor criteria TASK --satisfy ID --evidence-json \'{"evidence_type":"adversarial_check","failure_mode":"…","check":"…","result":"…"}\'`',
    };
  }
  yield* decisionRefusals(decision, flags);
  const { require_criteria_audit, open_criteria } = audits.final_audit;
  if (require_criteria_audit && open_criteria.length > 0) {
    yield {
      stage: "final_criteria_audit",
      message: `accepted criteria are still open: ${open_criteria.map(({ id, criterion }) => `#${id}: ${criterion}`).join("; ")}`,
      hint: "satisfy, defer or reject each of them with `conveyor criteria TASK --satisfy|--defer|--reject ID`",
    };
  }
  if (audits.final_ack_audit.require_acks && !audits.final_ack_audit.ok) {
    yield {
      stage: "final_ack_audit",
      message: `the contract was not acknowledged by: ${audits.final_ack_audit.missing.join(", ")}`,
      hint: "record it with `conveyor worker-ack TASK --from-stdin` or `conveyor manager-ack TASK --from-stdin`",
    };
  }
  if (audits.final_epilogue_audit.require_epilogue && !audits.final_epilogue_audit.ok) {
    yield {
      stage: "final_epilogue_audit",
      message: `closing steps are missing or incomplete: ${audits.final_epilogue_audit.missing_or_incomplete.join(", ")}`,
      hint: "take each of them with `conveyor epilogue TASK --step STEP`",
    };
  }
  yield* proofRefusals(audits.final_proof_audit);
}

/** The one gate that every closing command has: a recorded decision must justify it, when decisions are strict. Pure. */
export function* decisionRefusals(
  decision: DecisionValidation,
  { strict_decisions }: Pick<GateFlags, "strict_decisions">,
): Generator<GateFailure> {
  if (!strict_decisions || (decision.ok === true && decision.warnings.length === 0)) return;
  yield {
    stage: "manager_decision",
    message: `no recorded decision justifies it (${decision.warnings.join(", ")})`,
    hint: "record one with `conveyor record-decision TASK stop --reason TEXT` and pass its id with --decision-id",
  };
}

function adversarialAudit(criteria: readonly Criterion[]) {
  const proof = criteria.findLast(isAdversarialProof);
  const run = proof?.evidence["ralph_loop_run_id"];
  const iteration = proof?.evidence["iteration"];
  return {
    ok: proof !== undefined,
    criterion_id: proof?.id ?? null,
    run_id: typeof run === "string" ? run : null,
    iteration: typeof iteration === "number" ? iteration : null,
  };
}

/** Statuses in which a criterion keeps nobody from finishing; any other one does, also one that this program does not know. */
const SETTLED: ReadonlySet<string> = new Set(["proposed", "satisfied", "deferred", "rejected"]);

function criteriaAudit(criteria: readonly Criterion[], required: boolean): FinalAudits["final_audit"] {
  return {
    require_criteria_audit: required,
    total: criteria.length,
    summary: criteriaSummaryOf(criteria),
    open_criteria: criteria
      .filter(({ status }) => !SETTLED.has(status))
      .map(({ id, criterion }) => ({ id, criterion })),
  };
}

function ackAudit(snapshot: GateSnapshot, required: boolean): FinalAudits["final_ack_audit"] {
  const acks = { worker: snapshot.worker_ack, manager: snapshot.manager_ack };
  const missing = Object.entries(acks).flatMap(([role, ack]) => (isThere(ack) ? [] : [role]));
  const isStale = (ack: GateAck) =>
    ack.binding_id !== snapshot.binding_id ||
    (snapshot.config !== null && ack.manager_config_revision !== snapshot.config.revision);
  return {
    require_acks: required,
    ok: missing.length === 0,
    missing,
    stale: Object.entries(acks).flatMap(([role, ack]) => (isThere(ack) && isStale(ack) ? [role] : [])),
    worker_ack_id: acks.worker?.id ?? null,
    manager_ack_id: acks.manager?.id ?? null,
  };
}

/** Whether an acknowledgement was really read; what is no stored one counts as none. */
function isThere(ack: GateAck | null): ack is GateAck {
  return Number.isInteger(ack?.id);
}

/** Stands for steps that are configured in a form that cannot be read: there is no run of it, so it refuses. */
export const UNREADABLE_STEPS = "(unreadable)";

function epilogueAudit(snapshot: GateSnapshot, required: boolean): FinalAudits["final_epilogue_audit"] {
  const configured = snapshot.config === null ? [] : snapshot.config.epilogues;
  const required_steps = [...(configured ?? [UNREADABLE_STEPS])];
  const steps = required_steps.map((step_name) => {
    const latest_run = snapshot.epilogue_runs.get(step_name) ?? null;
    return { step_name, state: latest_run?.state ?? null, ok: latest_run?.state === "succeeded", latest_run };
  });
  const missing_or_incomplete = steps.filter(({ ok }) => !ok).map(({ step_name }) => step_name);
  return {
    require_epilogue: required,
    ok: missing_or_incomplete.length === 0,
    required_steps,
    missing_or_incomplete,
    steps,
  };
}
