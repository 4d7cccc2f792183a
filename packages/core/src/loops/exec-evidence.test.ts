import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Call, operations } from "@conveyor/contracts";
import { expect, it } from "vitest";
import { loopRun, rowsOf } from "../dispatch/testing/scenes.ts";
import { createWorld } from "../testing/world.ts";
import { execEvidence } from "./exec-evidence.ts";
import { gate as askGate } from "./gate.ts";

it("evidence that is run takes its status from the run, and the state of the files shows whether anything moved", async () => {
  const world = createWorld();
  try {
    const task = await world.task({ name: "built" });
    const { run_id } = await loopRun(world, task.id, {
      required_before_continue: ["build_passed"],
      current_iteration: 1,
    });
    const run = (argv: string[], more: Partial<Call<"loops.execEvidence">> = {}) =>
      execEvidence(
        world.ctx,
        operations.loops.execEvidence.input.parse({
          task: task.name,
          loop_run: run_id,
          evidence_type: "build_passed",
          argv,
          root: world.cwd,
          ...more,
        }),
      );
    const gate = async () => (await askGate(world.ctx, operations.loops.gate.input.parse({ task: task.name }))).reason;

    const failed = await run(["false"]);
    expect(failed).toMatchObject({
      criterion: { status: "rejected" },
      check_run: { state: "failed", exit_code: 1 },
      created: true,
    });
    expect(await gate()).toBe("missing_build_passed_evidence");
    const passed = await run(["true"]);
    expect(passed).toMatchObject({
      created: false,
      criterion: { id: failed.criterion.id, status: "satisfied", proof: expect.stringContaining("passed") },
      evidence: { status: "passed", check_run: { exit_code: 0, state: "passed" }, diff_sha256: passed.check_run.tree },
    });
    expect(await gate()).toBeNull();
    expect(await rowsOf(world, "SELECT count(*) AS open FROM checks WHERE removed_at IS NULL")).toEqual([{ open: 0 }]);
    expect(await rowsOf(world, "SELECT DISTINCT loop_run_id, loop_iteration FROM check_runs")).toEqual([
      { loop_run_id: run_id, loop_iteration: 1 },
    ]);

    const same = await run(["true"], { iteration: 2 });
    expect(same.evidence["diff_sha256"]).toBe(passed.evidence["diff_sha256"]);
    writeFileSync(join(world.cwd, "new.txt"), "new");
    expect((await run(["true"], { iteration: 2 })).evidence["diff_sha256"]).not.toBe(passed.evidence["diff_sha256"]);

    const worker = { ...world.ctx, settings: { ...world.ctx.settings, caller_thread_id: "thread-of-a-worker" } };
    const call = { task: task.name, loop_run: run_id, evidence_type: "build_passed", argv: ["true"], root: world.cwd };
    const asked = execEvidence(worker, operations.loops.execEvidence.input.parse(call));
    await expect(asked).rejects.toMatchObject({ code: "permission_denied" });
    await expect(run([])).rejects.toMatchObject({ code: "usage" });
    await expect(run(["true"], { evidence_type: "adversarial_check" })).rejects.toMatchObject({
      details: { field: "evidence_type" },
    });
    await expect(run(["true"], { root: undefined })).resolves.toMatchObject({ check_run: { state: "passed" } });
    expect(await gate()).toBeNull();
  } finally {
    await world.close();
  }
});
