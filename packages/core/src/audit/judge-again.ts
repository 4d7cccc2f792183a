import type { DecisionValidation, FinalAudits, Rejudged, Silence, WhatIfPolicy } from "@conveyor/contracts";
import { permissionActions } from "@conveyor/contracts/contract/permissions";
import type { replayRows } from "@conveyor/store";
import { operatorRoutingRequired } from "../continuations/routing.ts";
import { mayHappen } from "../contract/may.ts";
import { DECISION_CLOCK_SKEW_SECONDS, DECISION_MAX_AGE_SECONDS } from "../decisions/validate-decision.ts";
import { type ClosingFlags, closingRefusals } from "../tasks/closing-refusals.ts";

/**
 * What was decided, judged again from the facts that were recorded with it. A policy that says nothing of a decision leaves
 * the rules as they were, so that an empty one has to come to what was recorded. All of it is pure: no clock, no ledger.
 */
type Row = replayRows.RecordedRow;
type Document = Record<string, unknown>;

const documentOf = (value: unknown): Document =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Document) : {};
const wordsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
const verdictOf = (reasons: string[]) => ({ allowed: reasons.length === 0, reasons });

/** A check of a permission. What was asked about a whole category, or about nothing that is known, is left out. */
export function judgePermission(row: Row, policy: WhatIfPolicy): Rejudged | undefined {
  const { action, reasons, handoff_id, require_handoff, source } = documentOf(row["payload"]);
  const actions = typeof action === "string" ? permissionActions(action) : undefined;
  if (typeof action !== "string" || actions === undefined) return undefined;
  const recorded = wordsOf(reasons);
  const replayed = mayHappen(
    { permissions: policy.permissions ?? permissionsBehind(recorded, actions), handoff_id },
    // Compaction always wants a handoff and does not say so.
    { action, require_handoff: require_handoff === true || source === "request_worker_compact" },
  );
  return {
    ...{ seq: row.seq, at: String(row["created_at"]), kind: "permission", source: "events" },
    ...{ source_id: row["id"] as number, what: action },
    recorded: verdictOf(recorded),
    replayed: verdictOf(replayed.reasons),
  };
}

/** What the config must have said for these reasons to be given. */
function permissionsBehind(reasons: readonly string[], actions: readonly string[]): unknown {
  if (reasons.includes("missing_manager_config")) return undefined;
  if (reasons.includes("permission_not_enabled")) return {};
  return Object.fromEntries(actions.map((action) => [action, true]));
}

/** A command that was to close the task: what its gates found was recorded, whether it was asked for or not. */
export function judgeClosing(row: Row, policy: WhatIfPolicy): Rejudged | undefined {
  const result = documentOf(row["result"]);
  const decision = validationOf(result["manager_decision"], policy);
  // One that broke off for another reason than a gate says nothing about gates.
  const was_refused = result["expected_failure"] === true;
  if (decision === undefined || (row["state"] === "failed" && !was_refused)) return undefined;
  const recorded = was_refused ? wordsOf(result["failure_stages"]) : [];
  const audits = "final_audit" in result ? (result as unknown as FinalAudits) : null;
  // Only a finish is held to more than its decision.
  const demanded = row["type"] === "finish_task" ? policy.finish : pickStrict(policy.finish);
  const flags: ClosingFlags = { ...flagsBehind(recorded, audits), ...withoutUndefined(demanded) };
  return {
    ...{ seq: row.seq, at: String(row["created_at"]), kind: "finish", source: "commands" },
    ...{ source_id: String(row["id"]), what: String(row["type"]) },
    recorded: verdictOf(recorded),
    replayed: verdictOf(closingRefusals(audits, decision, flags)),
  };
}

const pickStrict = (finish: WhatIfPolicy["finish"]) => ({ strict_decisions: finish?.strict_decisions });

function withoutUndefined(flags: Partial<Record<keyof ClosingFlags, boolean | undefined>> = {}): Partial<ClosingFlags> {
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
}

/** Which gates were asked for: some say so themselves, the others show by refusing. */
function flagsBehind(refused: readonly string[], audits: FinalAudits | null): ClosingFlags {
  return {
    require_criteria_audit: audits?.final_audit.require_criteria_audit ?? false,
    require_acks: audits?.final_ack_audit.require_acks ?? false,
    require_epilogue: audits?.final_epilogue_audit.require_epilogue ?? false,
    require_adversarial_proof: refused.includes("final_adversarial_audit"),
    strict_decisions: refused.includes("manager_decision"),
  };
}

/** What was said of the decision behind a command, with its age judged by the policy. */
function validationOf(recorded: unknown, policy: WhatIfPolicy): DecisionValidation | undefined {
  const said = documentOf(recorded);
  if (typeof said["ok"] !== "boolean") return undefined;
  const { age_seconds: age } = said;
  const most = policy.decision_max_age_seconds ?? said["max_age_seconds"] ?? DECISION_MAX_AGE_SECONDS;
  const others = wordsOf(said["warnings"]).filter((warning) => warning !== "decision_stale");
  const is_stale = typeof age === "number" && (age > Number(most) || age < -DECISION_CLOCK_SKEW_SECONDS);
  const was_stale = others.length < wordsOf(said["warnings"]).length;
  const stale = policy.decision_max_age_seconds === undefined ? was_stale : is_stale;
  const warnings = stale ? [...others, "decision_stale"] : others;
  return { ...(said as unknown as DecisionValidation), ok: warnings.length === 0, warnings } as DecisionValidation;
}

/** Whether a person had to look at a review. */
export function judgeReview(row: Row, policy: WhatIfPolicy): Rejudged | undefined {
  const run = documentOf(row["subagent_run"]);
  const mode = policy.nudge_on_completion ?? run["nudge_on_completion"];
  if (typeof mode !== "string" || typeof run["operator_routing_required"] !== "boolean") return undefined;
  const facts = { agreement: String(row["agreement"]), verdict: String(row["verdict"]), status: run["status"] };
  const toPerson = (needed: boolean) => verdictOf(needed ? ["operator_routing_required"] : []);
  return {
    ...{ seq: row.seq, at: String(row["created_at"]), kind: "review", source: "continuation_reviews" },
    ...{ source_id: row["id"] as number, what: `${facts.agreement}, ${facts.verdict}` },
    recorded: toPerson(run["operator_routing_required"]),
    replayed: toPerson(operatorRoutingRequired({ ...facts, nudge_on_completion: mode })),
  };
}

export function isSameVerdict({ recorded, replayed }: Pick<Rejudged, "recorded" | "replayed">): boolean {
  return recorded.reasons.join("\n") === replayed.reasons.join("\n");
}

/**
 * The times between signs of life that one rule or the other would have noticed, with the moment at which each would have;
 * only those where the two differ.
 */
export function silences(
  who: string,
  moments: readonly string[],
  { in_force, replayed, until }: { in_force: number; replayed: number; until: string },
): Silence[] {
  const noticed = (from: string, end: string, seconds: number) => {
    const at = Date.parse(from) + seconds * 1000;
    return at < Date.parse(end) ? new Date(at).toISOString() : null;
  };
  return moments.flatMap((from, i) => {
    const next = moments[i + 1];
    const end = next ?? until;
    const noticed_at = noticed(from, end, in_force);
    const replayed_at = noticed(from, end, replayed);
    return noticed_at === replayed_at ? [] : [{ who, from, until: next ?? null, noticed_at, replayed_at }];
  });
}
