import type { DecisionValidation, FinalAudits } from "@conveyor/contracts";
import { decisionRefusals, type GateFlags, gateRefusals } from "./close/gates.ts";

/** The gates that a closing command was held to, but that of proof: what it demands is in its audit. */
export type ClosingFlags = Omit<GateFlags, "require_proof">;

/**
 * Which gates refuse a closing command by what was recorded of it, in the order in which they speak (spec 01 §6.14). Without
 * audits only the decision counts. Pure.
 */
export function closingRefusals(
  audits: FinalAudits | null,
  decision: DecisionValidation,
  flags: ClosingFlags,
): string[] {
  if (audits === null) return [...decisionRefusals(decision, flags)].map(({ stage }) => stage);
  const asked: FinalAudits = {
    ...audits,
    final_audit: { ...audits.final_audit, require_criteria_audit: flags.require_criteria_audit },
    final_ack_audit: { ...audits.final_ack_audit, require_acks: flags.require_acks },
    final_epilogue_audit: { ...audits.final_epilogue_audit, require_epilogue: flags.require_epilogue },
  };
  return [...gateRefusals(asked, decision, { ...flags, require_proof: false })].map(({ stage }) => stage);
}
