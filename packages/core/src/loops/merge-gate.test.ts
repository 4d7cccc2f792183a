import { describe, expect, it } from "vitest";
import { guardsMerge, judgeConflicts, judgeMerge } from "./merge-gate.ts";
import type { LoopPolicy } from "./policy.ts";
import { NO_RULES } from "./rules.ts";

const policy: LoopPolicy = {
  run_id: "run-1",
  current_iteration: 0,
  max_iterations: 2,
  required_before_continue: ["manager_merge_decision"],
  stop_conditions: [],
  cleanup_policy: null,
  template: null,
  preset: null,
  artifact_requirements: {},
  recommended_tools: [],
  tags: [],
  seed_prompt_sha256: null,
};
const beside = { rules: NO_RULES, now: "2026-01-01T00:00:00.000Z" };
let updated_seq = 0;
const receipt = (evidence_type: string, facts: Record<string, unknown> = {}, source = "manager_inferred") => ({
  evidence_type,
  status: "satisfied",
  source,
  id: updated_seq,
  updated_at: "2026-01-01T00:00:00.000Z",
  updated_seq: ++updated_seq,
  evidence_json: JSON.stringify({ evidence_type, ralph_loop_run_id: "run-1", iteration: 1, ...facts }),
});
const decided = { decision: "merge_ready", manager_verified: true };
const allBut = (left_out: string) =>
  [
    ...["branch_ready", "branch_pushed", "pr_url", "ci_green", "mergeability_clean"].map((type) => receipt(type)),
    receipt("manager_merge_decision", decided),
    receipt("adversarial_check", { failure_mode: "f", check: "c", result: "r" }),
  ].filter(({ evidence_type }) => evidence_type !== left_out);

describe("judgeMerge", () => {
  it("lets a merge through when everything is proved for the present iteration", () => {
    expect(judgeMerge(policy, allBut(""), beside)).toEqual({ reason: null, missing_evidence: [] });
  });
  it("names the one thing that is missing", () => {
    expect(judgeMerge(policy, allBut("ci_green"), beside)).toEqual({
      reason: "missing_ci_green_evidence",
      missing_evidence: ["ci_green"],
    });
  });
  it("refuses without any proof", () => {
    expect(judgeMerge(policy, [], beside).reason).toBe("missing_required_evidence");
  });
  it.each([
    ["a worker", receipt("manager_merge_decision", decided, "worker_proposed")],
    ["a manager that did not verify", receipt("manager_merge_decision", { ...decided, manager_verified: false })],
    ["a manager that decided otherwise", receipt("manager_merge_decision", { ...decided, decision: "wait" })],
  ])("does not accept the decision of %s", (_name, decision) => {
    expect(judgeMerge(policy, [...allBut(""), decision], beside).reason).toBe(
      "missing_manager_merge_decision_evidence",
    );
  });
});

it("guards merging only where the manager's decision is required and the policy did not opt out", () => {
  expect(guardsMerge(policy, {})).toBe(true);
  expect(guardsMerge(policy, { merge_gate: "off" })).toBe(false);
  expect(guardsMerge({ ...policy, required_before_continue: ["ci_green"] }, {})).toBe(false);
});

describe("judgeConflicts", () => {
  const failed = () => receipt("conflict_attempt", { outcome: "unresolved" });
  it.each([
    ["one failed attempt", () => [failed()], {}, null],
    ["two failed attempts", () => [failed(), failed()], {}, "conflict_retry_limit_reached"],
    ["two with a higher limit", () => [failed(), failed()], { conflict_policy: { max_retries: 3 } }, null],
    ["a resolved one between", () => [failed(), receipt("conflict_attempt", { outcome: "resolved" })], {}, null],
    [
      "a clean state between",
      () => [failed(), receipt("mergeability_clean", { conflicts: false }), failed()],
      {},
      null,
    ],
    ["a reset after them", () => [failed(), failed()], { conflict_state: { reset_seq: 1e9 } }, null],
  ])("after %s", (_name, history, metadata, reason) => {
    expect(judgeConflicts(history(), metadata).reason).toBe(reason);
  });
});
