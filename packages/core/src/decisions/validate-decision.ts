import type { Decision, DecisionKind, DecisionValidation, DecisionWarning } from "@conveyor/contracts";
import type { ReadTx, WriteTx } from "@conveyor/store";
import { decisionOf } from "./decision.ts";

/** A decision justifies a mutation for this long, in seconds (spec 04 §4.8). */
export const DECISION_MAX_AGE_SECONDS = 900;

/** A decision may seem to come from this far in the future, in seconds: clocks are set back a little now and then. */
export const DECISION_CLOCK_SKEW_SECONDS = 60;

/** What a strict command wants of the decision that it was given. */
export interface DecisionRequirement {
  decision_id: number | null;
  task_id: string;
  /** Kinds of decision that justify the command. */
  allowed: readonly DecisionKind[];
}

/**
 * Whether a decision justifies a mutation of the task now; without warnings it does (spec 04 §4.8). One from further in
 * the future than clocks are set back is stale like one that is too old: nothing says when it was made. Pure.
 */
export function validateDecision(
  { decision_id, task_id, allowed }: DecisionRequirement,
  decision: Decision | null,
  now: Date,
): DecisionValidation {
  const base = { decision_id, decision, allowed_decisions: [...allowed] };
  if (decision_id === null) return { ...base, ok: false, warnings: ["missing_decision_id"] };
  if (decision === null) return { ...base, ok: false, warnings: ["decision_not_found"] };
  const age = (now.getTime() - momentOf(decision.created_at)) / 1000;
  const warnings: DecisionWarning[] = [];
  if (decision.task_id !== task_id) warnings.push("decision_task_mismatch");
  if (!allowed.includes(decision.decision)) warnings.push("decision_mismatch");
  if (Number.isNaN(age)) warnings.push("decision_timestamp_invalid");
  if (age > DECISION_MAX_AGE_SECONDS || age < -DECISION_CLOCK_SKEW_SECONDS) warnings.push("decision_stale");
  if (decision.single_use === true && decision.used_at !== undefined) warnings.push("decision_used");
  return {
    ...base,
    ok: warnings.length === 0,
    warnings,
    ...(Number.isNaN(age) ? {} : { age_seconds: Math.trunc(age) }),
    max_age_seconds: DECISION_MAX_AGE_SECONDS,
  };
}

/** Only a full time with its zone is one that an age can be told by. */
function momentOf(timestamp: string): number {
  return /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/.test(timestamp) ? Date.parse(timestamp) : Number.NaN;
}

/** Look the decision up and validate it at the time of the transaction. Never throws for a bad decision. */
export async function checkDecision(tx: ReadTx, requirement: DecisionRequirement): Promise<DecisionValidation> {
  const { decision_id } = requirement;
  const row = decision_id === null ? null : await tx.db.manager_decisions.findUnique({ where: { id: decision_id } });
  return validateDecision(requirement, row && decisionOf(row), new Date(tx.now));
}

/** Use a decision up that was made for one command, in the transaction of that command; others stay as they are. */
export async function useDecision(
  tx: WriteTx,
  { ok, decision }: DecisionValidation,
  command_id: string,
): Promise<void> {
  if (!ok || decision?.single_use !== true) return;
  await tx.db.manager_decisions.update({ where: { id: decision.id }, data: { used_at: tx.now, used_by: command_id } });
}
