import { ConveyorError } from "@conveyor/contracts/errors";
import { isEvidenceType } from "./evidence-type.ts";
import { BUDGET_KEYS, isRuleProblem, readRules } from "./rules.ts";
import { ADVERSARIAL_CHECK, type LoopTemplate } from "./templates.ts";

/** What a person says about a loop policy. */
export interface PolicyWish {
  template?: LoopTemplate | undefined;
  required_before_continue: readonly string[];
  adversarial: boolean;
  max_iterations?: number | undefined;
  current_iteration: number;
  cleanup_policy?: string | undefined;
  seed_prompt_sha256?: string | undefined;
  /** Unresolved attempts at a conflict that are allowed (spec 05 §6.3). */
  conflict_max_retries?: number | undefined;
  max_runtime_minutes?: number | undefined;
  max_blocked_attempts?: number | undefined;
  no_progress_iterations?: number | undefined;
  /** How fresh evidence has to be (spec 05 §9). */
  freshness?: Record<string, unknown> | undefined;
  merge_gate?: "off" | "on" | undefined;
  /** Which command makes a policy that follows no template. */
  source: string;
}

const CUSTOM_MAX_ITERATIONS = 2;
const CUSTOM_CLEANUP = "clear";

/**
 * The metadata of the policy run that is wished for (spec 05 §2.2, §5.4), or null when neither a template nor evidence is
 * asked for. Pure. Throws `invalid_input` that names the field.
 */
export function planLoopPolicy(wish: PolicyWish): Record<string, unknown> | null {
  const template = wish.template ?? null;
  const added = wish.required_before_continue.map((type) => type.trim());
  const odd = added.find((type) => !isEvidenceType(type));
  if (odd === "") throw invalid("required_before_continue", "an evidence type must not be empty");
  if (odd !== undefined)
    throw invalid(
      "required_before_continue",
      `an evidence type is written in plain ASCII, which ${JSON.stringify(odd)} is not`,
    );
  if (wish.adversarial) added.push("adversarial_check");
  if (template !== null && wish.cleanup_policy !== undefined) {
    throw invalid(
      "cleanup_policy",
      `the template ${template.name} has a clean-up policy of its own (${template.cleanup_policy})`,
    );
  }
  if (template === null && added.length === 0) return null;
  const max_iterations = wish.max_iterations ?? template?.max_iterations ?? CUSTOM_MAX_ITERATIONS;
  const { current_iteration } = wish;
  if (current_iteration > max_iterations) {
    throw invalid(
      "current_iteration",
      `current_iteration ${current_iteration} is above max_iterations ${max_iterations}`,
    );
  }
  const required_before_continue = [...new Set([...(template?.required_before_continue ?? []), ...added])];
  const shared = {
    kind: "ralph_loop",
    policy_record: true,
    max_iterations,
    current_iteration,
    required_before_continue,
    seed_prompt_sha256: wish.seed_prompt_sha256 ?? null,
    ...conflictPolicyOf(wish),
    ...(wish.merge_gate === "off" && { merge_gate: "off" }),
    ...rulesOf(wish),
    ...(template?.version !== undefined && { template_version: template.version, template_sha256: template.sha256 }),
  };
  const adversarial = required_before_continue.includes("adversarial_check")
    ? { adversarial_check: ADVERSARIAL_CHECK }
    : {};
  if (template === null) {
    return {
      ...shared,
      preset: null,
      cleanup_policy: wish.cleanup_policy ?? CUSTOM_CLEANUP,
      stop_conditions: ["max_iterations", "required_evidence"],
      source: wish.source,
      artifact_requirements: adversarial,
    };
  }
  return {
    ...shared,
    preset: template.name,
    template: template.name,
    cleanup_policy: template.cleanup_policy,
    stop_conditions: template.stop_conditions,
    recommended_tools: template.recommended_tools,
    tags: template.tags,
    artifact_requirements: { ...template.artifact_requirements, ...adversarial },
  };
}

function conflictPolicyOf({ conflict_max_retries, template }: PolicyWish): Record<string, unknown> {
  if (conflict_max_retries !== undefined) return { conflict_policy: { max_retries: conflict_max_retries } };
  return template?.conflict_policy === undefined ? {} : { conflict_policy: template.conflict_policy };
}

/** Budgets and freshness that are wished for. Throws `invalid_input` that names the field. */
function rulesOf(wish: PolicyWish): Record<string, unknown> {
  const named = BUDGET_KEYS.flatMap((key) => (wish[key] === undefined ? [] : [[key, wish[key]]]));
  const budgets: Record<string, unknown> = { ...wish.template?.budgets, ...Object.fromEntries(named) };
  const freshness: Record<string, unknown> = { ...wish.template?.freshness, ...wish.freshness };
  const rules = {
    ...(Object.keys(budgets).length > 0 && { budgets }),
    ...(Object.keys(freshness).length > 0 && { freshness }),
  };
  const read = readRules(rules);
  if (isRuleProblem(read)) throw invalid(read.field, `${read.field} ${read.problem}`);
  return rules;
}

/** Whether a hash of a seed prompt looks like one. Pure. */
export function isSha256(text: string): boolean {
  return /^[0-9a-f]{64}$/i.test(text);
}

/** The name of a policy run that got none: task and moment (spec 05 §2.1). Pure. */
export function policyRunName(task_name: string, now: string): string {
  return `${task_name}-ralph-loop-${stampOf(now)}`;
}

/** The name of any other run that got none. Pure. */
export function plainRunName(task_name: string, now: string): string {
  return `${task_name}-${stampOf(now)}`;
}

function stampOf(now: string): string {
  return now.replaceAll(":", "").replaceAll(".", "-");
}

function invalid(field: string, message: string): ConveyorError {
  return new ConveyorError("invalid_input", message, { details: { field } });
}
