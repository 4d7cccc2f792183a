import type { FinalAudits } from "@conveyor/contracts";
import { commandLine, type Program, slot } from "../../shared/command-line.ts";
import type { FailureStage } from "./failure.ts";
import { UNREADABLE_STEPS } from "./gates.ts";

/** What a remedy is made of. */
export interface RemedyFacts {
  task: string;
  audits: FinalAudits;
}

type Remedy = (program: Program, facts: RemedyFacts) => string[];

const REMEDIES: Readonly<Record<FailureStage, Remedy>> = {
  final_adversarial_audit: (program, { task }) => [
    commandLine(program, ["criteria", task], {
      add: true,
      criterion: slot("what was tried to break"),
      source: "manager_inferred",
      status: "satisfied",
      evidence_json: slot("evidence_type, failure_mode, check and result as JSON"),
    }),
  ],
  manager_decision: (program, { task }) => decisionRemedy(program, task),
  final_criteria_audit: (program, { task, audits }) =>
    audits.final_audit.open_criteria.map(({ id }) =>
      commandLine(program, ["criteria", task], { satisfy: id, evidence_json: slot("json") }),
    ),
  final_ack_audit: (program, { task, audits }) =>
    audits.final_ack_audit.missing.map((role) =>
      commandLine(program, [role === "worker" ? "worker-ack" : "manager-ack", task], { from_stdin: true }),
    ),
  final_epilogue_audit: (program, { task, audits }) =>
    audits.final_epilogue_audit.missing_or_incomplete.map((step) =>
      step === UNREADABLE_STEPS
        ? commandLine(program, ["manager-config", task], { clear: "epilogues" })
        : commandLine(program, ["epilogue", task], { step }),
    ),
  final_proof_audit: (_program, { audits }) =>
    audits.final_proof_audit.criteria.flatMap(({ ok, next }) => (ok || next === null ? [] : [next])),
};

/** The commands that would satisfy a gate that refused, to be typed as they stand; none where no command can. Pure. */
export function remediesOf(program: Program, stage: FailureStage, facts: RemedyFacts): string[] {
  return REMEDIES[stage](program, facts);
}

/** What helps a command that has no gate but the decision. Pure. */
export function decisionRemedy(program: Program, task: string): string[] {
  return [commandLine(program, ["record-decision", task, "stop"], { reason: slot("why") })];
}
