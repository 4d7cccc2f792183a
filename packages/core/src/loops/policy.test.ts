import { describe, expect, it } from "vitest";
import {
  judgeContinuation,
  type LoopPolicy,
  loopPolicyOf,
  missingEvidence,
  policyBlock,
  refusalLine,
} from "./policy.ts";

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
  updated_seq: ++updated_seq,
  evidence_json: JSON.stringify({ evidence_type: type, ralph_loop_run_id: "run-1", iteration: 1, ...facts }),
  ...row,
});
const complete = [receipt("build_passed"), receipt("adversarial_check", proof)];

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
    const verdict = judgeContinuation(
      { policy, closed: false, receipts: [], already_pending: false, ...snapshot },
      requested,
    );
    expect(verdict.reason).toBe(reason);
  });
});

describe("missingEvidence", () => {
  const missing = (receipts: ReturnType<typeof receipt>[], required = ["adversarial_check"]) =>
    missingEvidence(required, receipts, "run-1", 1);

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
