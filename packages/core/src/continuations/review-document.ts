import { AGREEMENTS, VERDICTS } from "@conveyor/contracts/continuations/words";

/** A review that was read and is as it must be (spec 04 §4.11). */
export interface ReviewDocument {
  agreement: (typeof AGREEMENTS)[number];
  verdict: (typeof VERDICTS)[number];
  rationale: string;
  addendum: string | null;
  subagent_run: Record<string, unknown>;
}

/** What is wrong with a document, by the path of the field. */
export interface FieldProblem {
  field: string;
  message: string;
}

export type ReadReview = { ok: true; review: ReviewDocument } | { ok: false; problems: FieldProblem[] };

/**
 * Read a review; anything that is not exactly as it must be is a problem, and a review with one is none (spec 04 §4.11).
 * Pure.
 */
export function readReview(value: unknown): ReadReview {
  if (!isObject(value)) return { ok: false, problems: [{ field: "", message: "must be a JSON object" }] };
  const { agreement, verdict, rationale, addendum = null, subagent_run } = value;
  const problems: FieldProblem[] = [];
  const expect = (holds: boolean, field: string, message: string) => {
    if (!holds) problems.push({ field, message });
  };
  expect(isOneOf(AGREEMENTS, agreement), "agreement", `must be one of ${AGREEMENTS.join(", ")}`);
  expect(isOneOf(VERDICTS, verdict), "verdict", `must be one of ${VERDICTS.join(", ")}`);
  expect(isText(rationale), "rationale", "must be a text that is not blank");
  expect(addendum === null || typeof addendum === "string", "addendum", "must be a text");
  if (!isObject(subagent_run)) problems.push({ field: "subagent_run", message: "must be a JSON object" });
  else problems.push(...runProblems(subagent_run));
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, review: { agreement, verdict, rationale, addendum, subagent_run } as ReviewDocument };
}

function* runProblems(run: Record<string, unknown>): Generator<FieldProblem> {
  const { reviewer_session_id: reviewer, manager_session_id: manager, manager_rollout_access } = run;
  for (const [name, id] of Object.entries({ reviewer_session_id: reviewer, manager_session_id: manager })) {
    if (!isText(id)) yield { field: `subagent_run.${name}`, message: "must be a text that is not blank" };
  }
  if (isText(reviewer) && isText(manager) && reviewer.trim() === manager.trim()) {
    yield { field: "subagent_run.reviewer_session_id", message: "must be another session than the manager's" };
  }
  if (manager_rollout_access !== false) {
    yield { field: "subagent_run.manager_rollout_access", message: "must be exactly false" };
  }
}

function isOneOf(words: readonly string[], value: unknown): boolean {
  return typeof value === "string" && words.includes(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
