import type { loopRows } from "@conveyor/store";
import { isIndependent } from "../shared/proof-words.ts";
import { hasStoppedGuarding, type LoopPolicy, loopPolicyOf, loopRulesOf, metadataOf } from "./policy.ts";
import type { LoopRules } from "./rules.ts";
import {
  type EvidenceStanding,
  evidenceObject,
  evidenceStandings,
  evidenceVerdict,
  type LoopVerdict,
} from "./standing.ts";

type ReceiptRow = loopRows.ReceiptRow;

/** What must be proved before a merge is requested (spec 05 §6.2). */
const BEFORE_MERGE = [
  "branch_ready",
  "branch_pushed",
  "pr_url",
  "ci_green",
  "mergeability_clean",
  "manager_merge_decision",
  "adversarial_check",
] as const;

/** How often a conflict may be left unresolved unless the policy says otherwise (spec 05 §6.3). */
const DEFAULT_CONFLICT_RETRIES = 2;

/** What a loop run means for instructions to merge and to resolve conflicts. */
export interface Guard {
  policy: LoopPolicy;
  rules: LoopRules;
  merges: boolean;
}

/**
 * How a loop run guards its task: not at all once it was closed, `unreadable` when what its gates decide by is missing or
 * garbled, which refuses (spec 00, ruling 8; 05 §6.2). Pure.
 */
export function guardOf(run: loopRows.PolicyRun): Guard | "unreadable" | null {
  if (hasStoppedGuarding(run)) return null;
  const [policy, rules] = [loopPolicyOf(run), loopRulesOf(run)];
  if (policy === undefined || rules === undefined) return "unreadable";
  return { policy, rules, merges: guardsMerge(policy, metadataOf(run)) };
}

/** Whether a loop guards merging: it requires the manager's decision, however written, and did not exactly opt out. */
export function guardsMerge(policy: LoopPolicy, metadata: Readonly<Record<string, unknown>>): boolean {
  const required = policy.required_before_continue.map((type) => type.toLowerCase().replace(/[^a-z0-9]+/g, "_"));
  return required.includes("manager_merge_decision") && metadata["merge_gate"] !== "off";
}

/** The iteration whose receipts decide about the merge. */
export function mergeIteration(policy: LoopPolicy): number {
  return Math.max(policy.current_iteration, 1);
}

/** How the evidence stands that a merge needs of the present iteration. Receipts: most recently changed last. Pure. */
export function mergeStandings(
  policy: LoopPolicy,
  receipts: readonly ReceiptRow[],
  { rules, now }: { rules: LoopRules; now: string },
): EvidenceStanding[] {
  const question = { run_id: policy.run_id, iteration: mergeIteration(policy), freshness: rules.freshness, now };
  return evidenceStandings(BEFORE_MERGE, receipts, question).map((standing) =>
    standing.state === "satisfied" && !isEnoughToMerge(standing) ? { ...standing, state: "incomplete" } : standing,
  );
}

/** The decision says that it may be merged, and whose work is merged cannot be the one who tried to break it. */
function isEnoughToMerge({ evidence_type, receipt }: EvidenceStanding): boolean {
  const { decision, manager_verified } = evidenceObject(receipt);
  if (evidence_type === "manager_merge_decision") return decision === "merge_ready" && manager_verified === true;
  return evidence_type !== "adversarial_check" || isIndependent(receipt?.source);
}

/** Decide about an instruction to merge by the receipts of the present iteration, the most recently changed last. Pure. */
export function judgeMerge(
  policy: LoopPolicy,
  receipts: readonly ReceiptRow[],
  beside: { rules: LoopRules; now: string },
): LoopVerdict {
  return evidenceVerdict(mergeStandings(policy, receipts, beside));
}

/** How far a loop has got with its conflicts (spec 05 §6.3). */
export interface ConflictCount {
  retry_count: number;
  max_retries: number;
  state: "open" | "blocked";
}

/**
 * Count the attempts at a conflict that were left unresolved since the last reset or clean merge state. `history` holds the
 * attempts and merge states of the loop, the most recently changed last. An attempt that does not say that it was resolved
 * counts as unresolved, a limit or reset that cannot be read as none at all. Pure.
 */
export function countConflicts(
  history: readonly Pick<ReceiptRow, "evidence_json" | "evidence_type" | "status" | "updated_seq">[],
  metadata: Readonly<Record<string, unknown>>,
): ConflictCount {
  const reset_seq = wholeNumberIn(metadata["conflict_state"], "reset_seq", 0);
  const max_retries = wholeNumberIn(metadata["conflict_policy"], "max_retries", DEFAULT_CONFLICT_RETRIES);
  let retry_count = 0;
  for (const receipt of history) {
    if (receipt.updated_seq <= reset_seq) continue;
    const evidence = evidenceObject(receipt);
    if (receipt.evidence_type === "mergeability_clean" && isClean(receipt, evidence)) retry_count = 0;
    if (receipt.evidence_type === "conflict_attempt" && evidence["outcome"] !== "resolved") retry_count += 1;
  }
  return { retry_count, max_retries, state: retry_count >= max_retries ? "blocked" : "open" };
}

/** Decide about an instruction to resolve conflicts: refused once as many attempts as are allowed were left unresolved. Pure. */
export function judgeConflicts(
  history: readonly ReceiptRow[],
  metadata: Readonly<Record<string, unknown>>,
): LoopVerdict {
  const { state } = countConflicts(history, metadata);
  return { reason: state === "blocked" ? "conflict_retry_limit_reached" : null, missing_evidence: [] };
}

function isClean(receipt: Pick<ReceiptRow, "status">, evidence: Readonly<Record<string, unknown>>): boolean {
  return receipt.status === "satisfied" && evidence["conflicts"] === false;
}

/** A number below a key; `absent` when neither is there, 0 when what is there is no whole number. */
function wholeNumberIn(value: unknown, key: string, absent: number): number {
  if (value === undefined) return absent;
  const found = value !== null && typeof value === "object" ? (value as Record<string, unknown>)[key] : null;
  if (found === undefined) return absent;
  return typeof found === "number" && Number.isSafeInteger(found) && found >= 0 ? found : 0;
}
