import { describe, expect, it } from "vitest";
import { guardOf } from "./merge-gate.ts";
import {
  judgeContinuation,
  type LoopPolicy,
  type LoopSnapshot,
  loopPolicyOf,
  policyBlock,
  refusalLine,
} from "./policy.ts";
import { isRuleProblem, NO_RULES, readRules } from "./rules.ts";
import { evidenceStandings, evidenceVerdict } from "./standing.ts";

const policy: LoopPolicy = {
  run_id: "run-1",
  current_iteration: 1,
  max_iterations: 4,
  required_before_continue: ["build_passed", "adversarial_check"],
  stop_conditions: [],
  cleanup_policy: null,
  template: null,
  preset: null,
  artifact_requirements: { viewport: {}, adversarial_check: {} },
  recommended_tools: [],
  tags: [],
  seed_prompt_sha256: null,
};

const proof = { failure_mode: "f", check: "c", result: "r" };
let updated_seq = 0;
const receipt = (type: string, facts: Record<string, unknown> = {}, row: Record<string, unknown> = {}) => ({
  evidence_type: type,
  status: "satisfied",
  source: "manager_inferred",
  id: updated_seq,
  updated_at: "2026-01-01T00:00:00.000Z",
  updated_seq: ++updated_seq,
  evidence_json: JSON.stringify({ evidence_type: type, ralph_loop_run_id: "run-1", iteration: 1, ...facts }),
  ...row,
});
const complete = [receipt("build_passed"), receipt("adversarial_check", proof)];

const quiet: LoopSnapshot = {
  policy,
  rules: NO_RULES,
  closed: false,
  started_at: "2026-01-01T00:00:00.000Z",
  now: "2026-01-01T01:00:00.000Z",
  receipts: [],
  already_pending: false,
  pending_command_id: null,
  blocked_attempts: 0,
  diffs: [],
};

describe("judgeContinuation", () => {
  const cases: [string, Partial<Parameters<typeof judgeContinuation>[0]> & { requested?: number }, string | null][] = [
    ["goes on when everything is there", { receipts: complete }, null],
    ["refuses the present iteration", { requested: 1, receipts: complete }, "stale_requested_iteration"],
    ["refuses more than the maximum", { requested: 5, receipts: complete }, "max_iterations_reached"],
    ["refuses at the maximum", { policy: { ...policy, current_iteration: 4 }, requested: 5 }, "max_iterations_reached"],
    ["refuses a closed loop before it looks for evidence", { closed: true }, "loop_closed"],
    ["names the one missing type", { receipts: [receipt("build_passed")] }, "missing_adversarial_check_evidence"],
    ["says when several are missing", { receipts: [] }, "missing_required_evidence"],
    [
      "refuses to skip an iteration",
      { requested: 3, policy: { ...policy, required_before_continue: [] } },
      "non_sequential_iteration",
    ],
    [
      "takes a loop at 0 for one at 1",
      { requested: 2, policy: { ...policy, current_iteration: 0, required_before_continue: [] } },
      null,
    ],
    ["refuses what is pending already", { receipts: complete, already_pending: true }, "iteration_already_pending"],
    ["needs no evidence for iteration 1", { requested: 1, policy: { ...policy, current_iteration: 0 } }, null],
  ];
  it.each(cases)("%s", (_name, { requested = 2, ...snapshot }, reason) => {
    const verdict = judgeContinuation({ ...quiet, ...snapshot }, requested);
    expect(verdict.reason).toBe(reason);
  });
});

describe("evidence that is missing", () => {
  const missing = (receipts: ReturnType<typeof receipt>[], required = ["adversarial_check"]) =>
    evidenceVerdict(
      evidenceStandings(required, receipts, { run_id: "run-1", iteration: 1, freshness: {}, now: quiet.now }),
    ).missing_evidence;

  it.each([
    ["a blank field", { ...proof, check: " " }],
    ["a failing word", { ...proof, status: " Failed" }],
    ["a status that is no text", { ...proof, status: 1 }],
    ["an iteration as text", { ...proof, iteration: "1" }],
    ["another run", { ...proof, ralph_loop_run_id: "run-2" }],
  ])("does not accept an adversarial check with %s", (_name, facts) => {
    expect(missing([receipt("adversarial_check", facts)])).toEqual(["adversarial_check"]);
  });

  it("lets the newest receipt decide, also when it closes the gate again", () => {
    const rejected = receipt("adversarial_check", proof, { status: "rejected" });
    expect(missing([receipt("adversarial_check", proof), rejected])).toEqual(["adversarial_check"]);
    expect(missing([rejected, receipt("adversarial_check", proof)])).toEqual([]);
  });

  it("does not let a worker decide about the merge", () => {
    const own = receipt("manager_merge_decision", {}, { source: "worker_proposed" });
    expect(missing([own], ["manager_merge_decision"])).toEqual(["manager_merge_decision"]);
  });
});

it("reads iteration numbers that an older ledger holds as text, and refuses other text", () => {
  const run = { id: "run-1", task_id: "t", name: "n", purpose: "ralph_loop" };
  const metadata = (current: unknown) => JSON.stringify({ current_iteration: current, max_iterations: 3, preset: "p" });
  expect(loopPolicyOf({ ...run, metadata_json: metadata("2") })).toMatchObject({ current_iteration: 2, template: "p" });
  expect(loopPolicyOf({ ...run, metadata_json: metadata("two") })).toBeUndefined();
});

it("writes a refusal as words that programs can read", () => {
  const line = refusalLine({ reason: "missing_required_evidence", missing_evidence: ["a", "b"] }, policy, 2);
  expect(line).toBe(
    "missing_required_evidence missing_evidence=a,b current_iteration=1 max_iterations=4 requested_iteration=2",
  );
});

it("tells a worker with a terminal about its policy", () => {
  const block = policyBlock(policy, 2);
  expect(block).toContain("template: unknown");
  expect(block).toContain("2 requested, 1 current, 4 at most");
  expect(block).toContain("cleanup: none");
  expect(block).toContain("artifact requirements: adversarial_check, viewport");
});

describe("budgets of a loop", () => {
  const budgets = (own: Partial<LoopSnapshot["rules"]["budgets"]>) => ({
    ...NO_RULES,
    budgets: { ...NO_RULES.budgets, ...own },
  });
  const cases: [string, Partial<LoopSnapshot>, string | null][] = [
    ["time is left", { rules: budgets({ max_runtime_minutes: 60 }) }, null],
    ["time is over", { rules: budgets({ max_runtime_minutes: 59 }) }, "max_runtime_reached"],
    [
      "the time cannot be read",
      { rules: budgets({ max_runtime_minutes: 600 }), started_at: "?" },
      "max_runtime_reached",
    ],
    ["attempts are left", { rules: budgets({ max_blocked_attempts: 3 }), blocked_attempts: 2 }, null],
    [
      "attempts are used up",
      { rules: budgets({ max_blocked_attempts: 3 }), blocked_attempts: 3 },
      "max_blocked_attempts_reached",
    ],
    ["the work has changed", { rules: budgets({ no_progress_iterations: 1 }), diffs: ["b", "a"] }, null],
    ["the work stands still", { rules: budgets({ no_progress_iterations: 1 }), diffs: ["a", "a"] }, "no_progress"],
    [
      "it has not stood still for long enough",
      { rules: budgets({ no_progress_iterations: 2 }), diffs: ["a", "a", "b"] },
      null,
    ],
    ["there were too few iterations", { rules: budgets({ no_progress_iterations: 2 }), diffs: ["a", "a"] }, null],
    ["nobody knows of one before", { rules: budgets({ no_progress_iterations: 1 }), diffs: ["a", null] }, null],
    [
      "nobody knows of the last",
      { rules: budgets({ no_progress_iterations: 1 }), diffs: [null, "a"] },
      "progress_unknown",
    ],
  ];
  it.each(cases)("%s", (_what, snapshot, reason) => {
    expect(judgeContinuation({ ...quiet, receipts: complete, ...snapshot }, 2).reason).toBe(reason);
  });
});

describe("how fresh evidence is", () => {
  const at = (minutes: number) => new Date(Date.parse(quiet.now) - minutes * 60_000).toISOString();
  const ask = (receipts: ReturnType<typeof receipt>[], rule: Record<string, unknown>) => {
    const rules = readRules({ freshness: { ci_green: rule } });
    if (isRuleProblem(rules)) throw new Error(rules.problem);
    const question = { run_id: "run-1", iteration: 1, freshness: rules.freshness, now: quiet.now };
    return evidenceVerdict(evidenceStandings(["ci_green"], receipts, question)).reason;
  };
  const ready = receipt("branch_ready", { commit_sha: "abc" });
  const green = (facts: Record<string, unknown>, minutes = 0) =>
    receipt("ci_green", facts, { updated_at: at(minutes) });

  it.each([
    ["young enough", [green({}, 30)], { max_age_minutes: 30 }, null],
    ["too old", [green({}, 31)], { max_age_minutes: 30 }, "stale_ci_green_evidence"],
    ["of no time", [receipt("ci_green", {}, { updated_at: "?" })], { max_age_minutes: 30 }, "stale_ci_green_evidence"],
    [
      "for the same commit",
      [ready, green({ commit_sha: "abc" })],
      { must_match: { commit_sha: "branch_ready" } },
      null,
    ],
    [
      "for another commit",
      [ready, green({ commit_sha: "abd" })],
      { must_match: { commit_sha: "branch_ready" } },
      "stale_ci_green_evidence",
    ],
    ["for no commit", [ready, green({})], { must_match: { commit_sha: "branch_ready" } }, "stale_ci_green_evidence"],
    [
      "beside nothing",
      [green({ commit_sha: "abc" })],
      { must_match: { commit_sha: "branch_ready" } },
      "stale_ci_green_evidence",
    ],
    ["missing altogether", [], { max_age_minutes: 1 }, "missing_ci_green_evidence"],
  ] as const)("%s", (_what, receipts, rule, reason) => {
    expect(ask([...receipts], rule)).toBe(reason);
  });

  it.each([
    [{ budgets: [] }, "budgets"],
    [{ budgets: { max_runtime: 3 } }, "budgets.max_runtime"],
    [{ budgets: { max_blocked_attempts: 0 } }, "budgets.max_blocked_attempts"],
    [{ budgets: { no_progress_iterations: "2" } }, "budgets.no_progress_iterations"],
    [{ freshness: "ci_green" }, "freshness"],
    [{ freshness: { ci_green: 30 } }, "freshness.ci_green"],
    [{ freshness: { ci_green: { max_age: 30 } } }, "freshness.ci_green.max_age"],
    [{ freshness: { ci_green: { max_age_minutes: -1 } } }, "freshness.ci_green.max_age_minutes"],
    [{ freshness: { ci_green: { must_match: ["commit_sha"] } } }, "freshness.ci_green.must_match"],
    [{ freshness: { ci_green: { must_match: { commit_sha: 1 } } } }, "freshness.ci_green.must_match"],
  ])("a rule that cannot be read is not left out: %j", (metadata, field) => {
    expect(readRules(metadata)).toMatchObject({ field });
    const run = {
      id: "r",
      task_id: "t",
      name: "n",
      purpose: "ralph_loop",
      metadata_json: JSON.stringify({ current_iteration: 1, max_iterations: 2, ...metadata }),
    };
    expect(guardOf(run)).toBe("unreadable");
  });
});
