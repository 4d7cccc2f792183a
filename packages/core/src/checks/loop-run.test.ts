import { operations } from "@conveyor/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { add as addCriterion } from "../criteria/add.ts";
import { createWorld, type World } from "../testing/world.ts";
import { loopProofRefusals, runForLoop, unprovenEvidence } from "./loop-run.ts";
import { runs } from "./runs.ts";

let world: World;
beforeAll(() => {
  world = createWorld();
});
afterAll(() => world.close());

describe("a command for the evidence of an iteration", () => {
  it("is a run of a check with the loop's columns, whatever anybody claims of it", async () => {
    const { id } = await world.task({ name: "parser" });
    const call = { task: "parser", criterion: "tests of iteration 2", source: "manager_inferred", status: "accepted" };
    const { affected_criterion } = await addCriterion(world.ctx, operations.criteria.add.input.parse(call));
    const wanted = {
      task: { id, name: "parser" },
      criterion_id: affected_criterion.id,
      name: "build_passed",
      loop: { run_id: "run-1", iteration: 2 },
      root: world.cwd,
    };
    const passed = await runForLoop(world.ctx, { ...wanted, argv: ["true"] });
    expect(passed).toMatchObject({ author: "operator", check: { accepted_by: "operator" } });
    expect(passed.run).toMatchObject({ state: "passed", trigger: "loop", loop_run_id: "run-1", loop_iteration: 2 });
    expect((await runForLoop(world.ctx, { ...wanted, argv: ["true"] })).check.id).toBe(passed.check.id);
    await expect(runForLoop(world.ctx, { ...wanted, argv: ["false"] })).rejects.toMatchObject({ code: "conflict" });
    const asWorker = { ...world.ctx, settings: { ...world.ctx.settings, caller_thread_id: "thread-of-an-agent" } };
    expect((await runForLoop(asWorker, { ...wanted, argv: ["true"] })).run.state).toBe("passed");
    await expect(runForLoop(asWorker, { ...wanted, name: "own", argv: ["true"] })).rejects.toMatchObject({
      code: "permission_denied",
    });
    const failed = await runForLoop(world.ctx, { ...wanted, name: "other", argv: ["false"] });
    expect(failed.run.state).toBe("failed");
    const all = await runs(world.ctx, { task: "parser", limit: 0, include_content: false });
    expect(all.runs.map(({ loop_iteration }) => loop_iteration)).toEqual([2, 2, 2, 2]);
  });
});

const run = (more: object = {}) => ({
  check: "tests",
  loop_run_id: "run-1",
  loop_iteration: 1,
  state: "passed",
  covers_hash: "h",
  accepted: true,
  ...more,
});

describe("evidence that a template has proven by a check", () => {
  it.each([
    ["passed", [run()], "h", []],
    ["no run", [], "h", ["build"]],
    ["another iteration", [run({ loop_iteration: 2 })], "h", ["build"]],
    ["another loop", [run({ loop_run_id: null })], "h", ["build"]],
    ["failed after it passed", [run(), run({ state: "failed" })], "h", ["build"]],
    ["a check that is only proposed", [run({ accepted: false })], "h", ["build"]],
    ["other files", [run()], "i", ["build"]],
    ["files that nobody can look at", [run({ covers_hash: null })], null, ["build"]],
  ])("%s", (_what, facts, present_hash, lacking) => {
    const required = [{ evidence_type: "build", check: "tests" }];
    expect(unprovenEvidence(required, facts as never, { run_id: "run-1", iteration: 1, present_hash })).toEqual(
      lacking,
    );
  });

  it("is refused by the policy of the task, and by one that nobody knows", () => {
    const criterion = {
      criterion_id: 1,
      status: "accepted",
      state: "stale",
      isolated: false,
      has_checks: true,
      reason: "r",
    };
    expect(loopProofRefusals("auto", [criterion])).toEqual([{ criterion_id: 1, state: "stale", reason: "r" }]);
    expect(loopProofRefusals("off", [criterion])).toEqual([]);
    expect(loopProofRefusals("garbage", [{ ...criterion, state: "verified" }])).toHaveLength(1);
    expect(loopProofRefusals("all", [{ ...criterion, status: "deferred" }])).toEqual([]);
  });
});
