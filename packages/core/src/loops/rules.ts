import { isEvidenceType } from "./evidence-type.ts";

/** How fresh the evidence of one type has to be (spec 05 §9). */
export interface FreshnessRule {
  /** It counts for this long after it was recorded. */
  max_age_minutes: number | null;
  /** Keys of its evidence that must hold the same as the receipt of another type of the same iteration. */
  must_match: Readonly<Record<string, string>>;
}

/** What stops a loop besides its number of iterations (spec 05 §9); null: nothing does. */
export interface LoopBudgets {
  max_runtime_minutes: number | null;
  max_blocked_attempts: number | null;
  no_progress_iterations: number | null;
}

/** What a run prescribes beyond its policy. */
export interface LoopRules {
  freshness: Readonly<Record<string, FreshnessRule>>;
  budgets: LoopBudgets;
}

export const NO_RULES: LoopRules = {
  freshness: {},
  budgets: { max_runtime_minutes: null, max_blocked_attempts: null, no_progress_iterations: null },
};

/** The keys of budgets, each a whole number that is at least 1. */
export const BUDGET_KEYS = ["max_runtime_minutes", "max_blocked_attempts", "no_progress_iterations"] as const;

/** Why the rules in a run's metadata cannot be read; names the field. */
export interface RuleProblem {
  field: string;
  problem: string;
}

/**
 * The rules of a run, or what is wrong with them: a rule that cannot be read is not left out, because the gate would then
 * let pass what it was to stop (spec 00, ruling 8). Pure.
 */
export function readRules(metadata: Readonly<Record<string, unknown>>): LoopRules | RuleProblem {
  const budgets = readBudgets(metadata["budgets"]);
  if ("problem" in budgets) return budgets;
  const freshness = readFreshness(metadata["freshness"]);
  return "problem" in freshness
    ? (freshness as RuleProblem)
    : { budgets, freshness: freshness as LoopRules["freshness"] };
}

/** Whether reading came to a problem. Pure. */
export function isRuleProblem(read: LoopRules | RuleProblem): read is RuleProblem {
  return "problem" in read;
}

function readBudgets(value: unknown): LoopBudgets | RuleProblem {
  if (value === undefined) return NO_RULES.budgets;
  const given = asObject(value);
  if (given === undefined) return { field: "budgets", problem: "must be an object" };
  const unknown = Object.keys(given).find((key) => !(BUDGET_KEYS as readonly string[]).includes(key));
  if (unknown !== undefined)
    return { field: `budgets.${unknown}`, problem: `is no budget; there are ${BUDGET_KEYS.join(", ")}` };
  const odd = BUDGET_KEYS.find((key) => given[key] !== undefined && given[key] !== null && !isCount(given[key]));
  if (odd !== undefined) return { field: `budgets.${odd}`, problem: "must be a whole number, at least 1" };
  const budget = (key: (typeof BUDGET_KEYS)[number]) => (given[key] as number | null | undefined) ?? null;
  return {
    max_runtime_minutes: budget("max_runtime_minutes"),
    max_blocked_attempts: budget("max_blocked_attempts"),
    no_progress_iterations: budget("no_progress_iterations"),
  };
}

function readFreshness(value: unknown): LoopRules["freshness"] | RuleProblem {
  if (value === undefined) return {};
  const given = asObject(value);
  if (given === undefined) return { field: "freshness", problem: "must be an object by evidence type" };
  const rules: Record<string, FreshnessRule> = {};
  for (const [type, raw] of Object.entries(given)) {
    const field = `freshness.${type}`;
    const rule = asObject(raw);
    if (!isEvidenceType(type) || rule === undefined) return { field, problem: "must be an object by evidence type" };
    const { max_age_minutes = null, must_match = {}, ...others } = rule;
    const unknown = Object.keys(others)[0];
    if (unknown !== undefined)
      return { field: `${field}.${unknown}`, problem: "is neither max_age_minutes nor must_match" };
    if (max_age_minutes !== null && !isCount(max_age_minutes)) {
      return { field: `${field}.max_age_minutes`, problem: "must be a whole number, at least 1" };
    }
    const matches = asObject(must_match);
    const isSound =
      matches !== undefined && Object.values(matches).every((one) => typeof one === "string" && isEvidenceType(one));
    if (!isSound) return { field: `${field}.must_match`, problem: "must name an evidence type for each key" };
    rules[type] = { max_age_minutes: max_age_minutes as number | null, must_match: matches as Record<string, string> };
  }
  return rules;
}

function isCount(value: unknown): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 1 && value <= 1_000_000;
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return value !== null && typeof value === "object" && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
