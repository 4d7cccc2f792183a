/** Where a finish was refused, as events and errors name it. */
export type FailureStage =
  | "final_adversarial_audit"
  | "manager_decision"
  | "final_criteria_audit"
  | "final_ack_audit"
  | "final_epilogue_audit"
  | "final_proof_audit";

/** One refusal of a gate. */
export interface GateFailure {
  stage: FailureStage;
  message: string;
  hint: string;
}
