import type { loopRows } from "@conveyor/store";
import { parsed } from "../shared/parsed.ts";
import { isEvidenceType } from "./evidence-type.ts";
import { isRuleProblem, type LoopRules, readRules } from "./rules.ts";
import { type EvidenceStanding, evidenceStandings, evidenceVerdict, type LoopVerdict } from "./standing.ts";

/** What a loop run prescribes, as messages and results show it (spec 05 §2.4). */
export interface LoopPolicy {
  run_id: string;
  current_iteration: number;
  max_iterations: number;
  required_before_continue: string[];
  stop_conditions: string[];
  cleanup_policy: string | null;
  template: string | null;
  preset: string | null;
  artifact_requirements: Record<string, unknown>;
  recommended_tools: string[];
  tags: string[];
  seed_prompt_sha256: string | null;
}

type PolicyRun = loopRows.PolicyRun;

/** Whether a run steers a loop (spec 05 §2.1). */
export function isLoopRun(run: Pick<PolicyRun, "metadata_json" | "purpose">): boolean {
  return run.purpose === "ralph_loop" || metadataOf(run)["kind"] === "ralph_loop";
}

/**
 * The live policy of a loop run, or undefined when what its gates decide by is missing or garbled: whole iteration numbers
 * of which the present one is not above the maximum, and a list of evidence types (spec 00, ruling 8; 05 §2.2). Pure.
 */
export function loopPolicyOf(run: PolicyRun): LoopPolicy | undefined {
  const metadata = metadataOf(run);
  const current_iteration = wholeNumber(metadata["current_iteration"]);
  const max_iterations = wholeNumber(metadata["max_iterations"]);
  const required_before_continue = evidenceTypes(metadata["required_before_continue"]);
  if (current_iteration === undefined || max_iterations === undefined) return undefined;
  if (required_before_continue === undefined || max_iterations < 1 || current_iteration > max_iterations)
    return undefined;
  const preset = text(metadata["preset"]);
  return {
    run_id: run.id,
    current_iteration,
    max_iterations,
    required_before_continue,
    stop_conditions: texts(metadata["stop_conditions"]),
    cleanup_policy: text(metadata["cleanup_policy"]),
    template: text(metadata["template"]) ?? preset,
    preset,
    artifact_requirements: object(metadata["artifact_requirements"]),
    recommended_tools: texts(metadata["recommended_tools"]),
    tags: texts(metadata["tags"]),
    seed_prompt_sha256: text(metadata["seed_prompt_sha256"]),
  };
}

/** What a run prescribes beyond its policy, or undefined when it cannot be read, which refuses. Pure. */
export function loopRulesOf(run: Pick<PolicyRun, "metadata_json">): LoopRules | undefined {
  const rules = readRules(metadataOf(run));
  return isRuleProblem(rules) ? undefined : rules;
}

/** Whether anything says that the loop was closed by hand (spec 05 §1.3): it is not continued then. */
export function isClosed(run: Pick<PolicyRun, "metadata_json">): boolean {
  return (metadataOf(run)["closed_at"] ?? null) !== null;
}

/** Whether the loop certainly was closed by hand, at a time that can be read: only then does it stop guarding its task. */
export function hasStoppedGuarding(run: PolicyRun): boolean {
  const closed_at = metadataOf(run)["closed_at"];
  return typeof closed_at === "string" && !Number.isNaN(Date.parse(closed_at));
}

/** Everything that decides about one request to go on, as it stands at this moment. */
export interface LoopSnapshot {
  policy: LoopPolicy;
  rules: LoopRules;
  closed: boolean;
  started_at: string;
  now: string;
  /** Receipts of the iteration before the requested one, the most recently changed last. */
  receipts: readonly loopRows.ReceiptRow[];
  /** Another continuation of the requested iteration waits or was not yet taken up. */
  already_pending: boolean;
  /** That one, so that a refusal can name it. */
  pending_command_id: string | null;
  /** Continuations of this loop that were refused so far; read where a budget asks for it. */
  blocked_attempts: number;
  /** What the work was at the end of each iteration, the newest first; null where nobody knows. Read likewise. */
  diffs: readonly (string | null)[];
}

/** Decide whether the requested iteration may begin; the first reason in the table of spec 03 §6.8 wins. Pure. */
export function judgeContinuation(snapshot: LoopSnapshot, requested: number): LoopVerdict {
  const { policy } = snapshot;
  const refuse = (reason: string): LoopVerdict => ({ reason, missing_evidence: [] });
  if (requested <= policy.current_iteration) return refuse("stale_requested_iteration");
  if (policy.current_iteration >= policy.max_iterations || requested > policy.max_iterations) {
    return refuse("max_iterations_reached");
  }
  if (snapshot.closed) return refuse("loop_closed");
  const spent = spentBudget(snapshot, requested);
  if (spent !== null) return refuse(spent);
  const verdict = evidenceVerdict(continuationStandings(snapshot, requested));
  if (verdict.reason !== null) return verdict;
  // Iteration 1 may have been given by the task's own prompt, so a run that stands at 0 counts as 1.
  if (requested > Math.max(policy.current_iteration, 1) + 1) return refuse("non_sequential_iteration");
  if (snapshot.already_pending) return refuse("iteration_already_pending");
  return { reason: null, missing_evidence: [] };
}

/** How the evidence stands that the requested iteration needs of the one before; none for iteration 1. Pure. */
export function continuationStandings(snapshot: LoopSnapshot, requested: number): EvidenceStanding[] {
  const { policy, rules, receipts, now } = snapshot;
  if (requested < 2) return [];
  const question = { run_id: policy.run_id, iteration: requested - 1, freshness: rules.freshness, now };
  return evidenceStandings(policy.required_before_continue, receipts, question);
}

const MINUTE_MS = 60_000;

/** The budget that is used up, by the reason that it gives (spec 05 §9). */
function spentBudget({ rules: { budgets }, ...now }: LoopSnapshot, requested: number): string | null {
  const { max_runtime_minutes, max_blocked_attempts, no_progress_iterations } = budgets;
  const runtime = Date.parse(now.now) - Date.parse(now.started_at);
  if (max_runtime_minutes !== null && !(runtime <= max_runtime_minutes * MINUTE_MS)) return "max_runtime_reached";
  if (max_blocked_attempts !== null && now.blocked_attempts >= max_blocked_attempts)
    return "max_blocked_attempts_reached";
  if (no_progress_iterations === null || requested < 2) return null;
  const [latest, ...earlier] = now.diffs.slice(0, no_progress_iterations + 1);
  if (latest === undefined || latest === null) return "progress_unknown";
  const stands = earlier.length === no_progress_iterations && earlier.every((diff) => diff === latest);
  return stands ? "no_progress" : null;
}

/** The refusal as one line that programs can read (spec 03 §6.8). */
export function refusalLine(verdict: LoopVerdict, policy: LoopPolicy, requested: number): string {
  return [
    verdict.reason ?? "",
    ...(verdict.missing_evidence.length > 0 ? [`missing_evidence=${verdict.missing_evidence.join(",")}`] : []),
    `current_iteration=${policy.current_iteration}`,
    `max_iterations=${policy.max_iterations}`,
    `requested_iteration=${requested}`,
  ].join(" ");
}

/** The keys by which results of a continuation tell about its loop (spec 03 §7.1). */
export function loopFields(policy: LoopPolicy, requested_iteration: number, verdict: LoopVerdict) {
  return {
    cleanup_policy: policy.cleanup_policy,
    current_iteration: policy.current_iteration,
    loop_policy: policy,
    max_iterations: policy.max_iterations,
    missing_evidence: verdict.missing_evidence,
    reason: verdict.reason,
    requested_iteration,
    required_before_continue: policy.required_before_continue,
    run_id: policy.run_id,
    seed_prompt_sha256: policy.seed_prompt_sha256,
    stop_conditions: policy.stop_conditions,
  };
}

/** What a worker with a terminal reads under the message of a continuation (spec 03 §6.5, 05 §2.6). */
export function policyBlock(policy: LoopPolicy, requested_iteration: number): string {
  const list = (items: readonly string[]) => (items.length > 0 ? items.join(", ") : "none");
  return [
    "Loop policy:",
    `- run: ${policy.run_id}`,
    `- template: ${policy.template ?? policy.preset ?? "unknown"}`,
    `- iteration: ${requested_iteration} requested, ${policy.current_iteration} current, ${policy.max_iterations} at most`,
    `- cleanup: ${policy.cleanup_policy ?? "none"}`,
    `- required evidence: ${list(policy.required_before_continue)}`,
    `- recommended tools: ${list(policy.recommended_tools)}`,
    `- artifact requirements: ${list(Object.keys(policy.artifact_requirements).sort())}`,
  ].join("\n");
}

/** The free facts of a run; none when they are no JSON object. */
export function metadataOf(run: Pick<PolicyRun, "metadata_json">): Record<string, unknown> {
  return object(parsed(run.metadata_json));
}

function object(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value : null;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.flatMap((item) => text(item)?.trim() ?? []) : [];
}

/** The types that a policy requires; none when it requires nothing, undefined when that cannot be told. */
function evidenceTypes(value: unknown): string[] | undefined {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return undefined;
  const types = value.map((item) => (typeof item === "string" ? item.trim() : ""));
  return types.every(isEvidenceType) ? types : undefined;
}

/** Ledgers of the earlier tool also hold whole numbers as text. */
function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}
