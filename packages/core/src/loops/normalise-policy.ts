import { ConveyorError } from "@conveyor/contracts/errors";
import { isEvidenceType } from "./evidence-type.ts";
import { isRuleProblem, readRules } from "./rules.ts";

/** What a policy of one's own stops at unless it says otherwise (spec 05 §2.2). */
const CUSTOM_STOP_CONDITIONS = ["max_iterations", "required_evidence"] as const;

/**
 * The metadata of a loop policy that somebody wrote by hand, in the form in which gates read it: whole numbers, trimmed
 * evidence types, the fields that every policy has. Keys of other meaning stay as they are (spec 05 §2.2, §5.3). Pure.
 * Throws `invalid_input` that names the field.
 */
export function normalisePolicy(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const max_iterations = wholeNumber(given, "max_iterations");
  if (max_iterations === undefined || max_iterations < 1)
    throw wrong("max_iterations", "must be a whole number, at least 1");
  const current_iteration = "current_iteration" in given ? wholeNumber(given, "current_iteration") : 0;
  if (current_iteration === undefined) throw wrong("current_iteration", "must be a whole number that is not negative");
  if (current_iteration > max_iterations) {
    throw wrong("current_iteration", `is ${current_iteration} and above max_iterations ${max_iterations}`);
  }
  const rules = readRules(given);
  if (isRuleProblem(rules)) throw wrong(rules.field, rules.problem);
  const { merge_gate, conflict_policy } = given;
  if (merge_gate !== undefined && merge_gate !== "off") throw wrong("merge_gate", "is either off or left out");
  if (conflict_policy !== undefined && wholeNumber(Object(conflict_policy), "max_retries") === undefined) {
    throw wrong("conflict_policy", "must be an object with a whole number max_retries");
  }
  return {
    stop_conditions: CUSTOM_STOP_CONDITIONS,
    cleanup_policy: "clear",
    preset: given["template"] ?? null,
    seed_prompt_sha256: null,
    artifact_requirements: {},
    ...given,
    kind: "ralph_loop",
    policy_record: true,
    max_iterations,
    current_iteration,
    required_before_continue: evidenceTypesOf(given["required_before_continue"] ?? []),
  };
}

function evidenceTypesOf(value: unknown): string[] {
  const texts = Array.isArray(value) ? value.map((type) => (typeof type === "string" ? type.trim() : "")) : [""];
  if (!texts.every(isEvidenceType)) {
    throw wrong("required_before_continue", "must be an array of non-empty strings in plain ASCII");
  }
  return [...new Set(texts)];
}

/** A whole number that is not negative, also when it is written as text. */
function wholeNumber(given: Readonly<Record<string, unknown>>, field: string): number | undefined {
  const value = given[field];
  const number = typeof value === "string" && /^\d{1,15}$/.test(value.trim()) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

function wrong(field: string, problem: string): ConveyorError {
  return new ConveyorError("invalid_input", `${field} of the loop policy ${problem}`, {
    hint: "correct it in --metadata-json",
    details: { field: `metadata.${field}` },
  });
}
