import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Call, operations } from "@conveyor/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { add as addCriterion } from "../criteria/add.ts";
import { accept } from "../criteria/change.ts";
import { rowsOf } from "../dispatch/testing/scenes.ts";
import { createWorld, type World } from "../testing/world.ts";
import { addEvidence, adversarialCheck, buildPassed } from "./evidence.ts";
import { createFromTemplate } from "./list-templates.ts";

let world: World;
let names = 0;
beforeAll(() => {
  world = createWorld();
});
afterAll(() => world.close());

/** A task with a loop of its own. */
async function looped(template = "ship_it_loop", more: Partial<Call<"loops.createFromTemplate">> = {}) {
  const task = await world.task({ name: `task-${++names}` });
  const call = operations.loops.createFromTemplate.input.parse({ task: task.id, template, ...more });
  const run = await createFromTemplate(world.ctx, call);
  return { task: task.name, task_id: task.id, loop_run: run.name, run_id: run.id };
}

type Loop = Awaited<ReturnType<typeof looped>>;
const add = (
  { task, loop_run }: Pick<Loop, "loop_run" | "task">,
  call: Partial<Call<"loops.addEvidence">>,
  ctx = world.ctx,
) => addEvidence(ctx, operations.loops.addEvidence.input.parse({ task, loop_run, evidence_type: "ci_green", ...call }));

describe("loop-evidence", () => {
  it("records a receipt once, and a rerun replaces it in place and tells of both", async () => {
    const loop = await looped();
    const first = await add(loop, {
      status: "Green",
      metadata: { command: "gh pr checks", status: "x" },
      correlation_id: "c1",
    });
    expect(first).toMatchObject({
      created: true,
      criterion: {
        status: "satisfied",
        source: "manager_inferred",
        criterion: `Ralph loop ${loop.run_id} iteration 1 ci_green evidence`,
        proof: expect.stringContaining("ci_green"),
      },
      evidence: {
        evidence_type: "ci_green",
        iteration: 1,
        ralph_loop_run_id: loop.run_id,
        status: "Green",
        command: "gh pr checks",
        correlation_id: "c1",
      },
      run: { id: loop.run_id, current_iteration: 0, max_iterations: 2, preset: "ship_it_loop" },
      requirements: { checked: true, missing: [] },
      warnings: [],
    });
    expect(first.evidence).toEqual(first.criterion.evidence);
    const again = await add(loop, { status: "failed", source: "user_requested" });
    expect(again).toMatchObject({
      created: false,
      criterion: {
        id: first.criterion.id,
        status: "rejected",
        source: "manager_inferred",
        proof: first.criterion.proof,
      },
      requirements: { checked: true, missing: ["command"] },
      warnings: ["requirements_unmet"],
    });
    const rows = await rowsOf(
      world,
      `SELECT loop_iteration, evidence_type, attempt FROM acceptance_criteria WHERE loop_run_id = '${loop.run_id}'`,
    );
    expect(rows).toEqual([{ loop_iteration: 1, evidence_type: "ci_green", attempt: 1 }]);
    expect((await world.auditEvent("acceptance_criterion_updated"))?.payload).toMatchObject({
      previous_status: "satisfied",
    });
  });

  it("keeps what a worker says apart from what others say, and lets no worker decide about the merge", async () => {
    const loop = await looped();
    const proof = { failure_mode: "empty input", check: "fuzzed it", result: "held" };
    const claimed = await add(loop, { evidence_type: "adversarial_check", source: "worker_proposed", metadata: proof });
    const own = await add(loop, { evidence_type: "adversarial_check", metadata: proof });
    expect([claimed.criterion.source, own.criterion.source]).toEqual(["worker_proposed", "manager_inferred"]);
    const later = await add(loop, { evidence_type: "adversarial_check", source: "worker_proposed", metadata: proof });
    expect(later.criterion.id).toBe(claimed.criterion.id);
    const facts = { decision: "merge_ready", manager_verified: true };
    const decided = await add(loop, {
      evidence_type: "manager_merge_decision",
      source: "worker_proposed",
      metadata: facts,
    });
    expect(decided.criterion.status).toBe("proposed");
    const worker = { ...world.ctx, settings: { ...world.ctx.settings, caller_thread_id: "thread-of-a-worker" } };
    expect((await add(loop, { evidence_type: "ci_green" }, worker)).criterion.source).toBe("worker_proposed");
    await expect(add(loop, { source: "manager_inferred" }, worker)).rejects.toMatchObject({
      code: "permission_denied",
    });
  });

  it("says what is doubtful, and refuses it when it is strict", async () => {
    const loop = await looped("visual_diff_loop");
    const doubtful = await add(loop, {
      evidence_type: "reference_artifact",
      iteration: 3,
      status: "merged",
      artifact_path: "none.png",
    });
    expect(doubtful).toMatchObject({
      criterion: { status: "rejected" },
      warnings: ["iteration_not_started", "artifact_missing", "unrecognised_status"],
    });
    await expect(add(loop, { status: "merged", strict: true })).rejects.toMatchObject({ details: { field: "status" } });
    await expect(add(loop, { evidence_type: "reference_artifact", strict: true })).rejects.toMatchObject({
      details: { field: "metadata" },
    });
  });

  it("keeps hash and size of the file beside its name as given; nobody can claim them", async () => {
    const loop = await looped("build_then_clear");
    mkdirSync(join(world.cwd, "out"), { recursive: true });
    writeFileSync(join(world.cwd, "out/build.log"), "hello");
    const call = {
      artifact_path: "out/build.log",
      cwd: world.cwd,
      metadata: { artifact: { sha256: "forged" }, check_run: { state: "passed" } },
    };
    const { evidence, warnings } = await buildPassed(
      world.ctx,
      operations.loops.buildPassed.input.parse({ task: loop.task, loop_run: loop.loop_run, ...call }),
    );
    expect(warnings).toEqual([]);
    expect(evidence).toMatchObject({
      artifact_path: "out/build.log",
      artifact: {
        absolute_path: join(world.cwd, "out/build.log"),
        bytes: 5,
        sha256: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
      },
    });
    expect(evidence).not.toHaveProperty("check_run");
    const folder = await add(loop, { artifact_path: world.cwd });
    expect(folder.warnings).toContain("artifact_missing");
    expect(folder.evidence).not.toHaveProperty("artifact");
  });

  it("files without --iteration under the one that the loop stands at", async () => {
    const loop = await looped("compact_then_continue", { current_iteration: 3 });
    expect((await add(loop, { evidence_type: "cleanup" })).evidence["iteration"]).toBe(3);
  });

  it("takes the three texts of a proof, and names the first that says nothing", async () => {
    const loop = await looped();
    const input = { task: loop.task, loop_run: loop.run_id, failure_mode: " it lies ", check: "looked", result: "no" };
    const told = await adversarialCheck(world.ctx, operations.loops.adversarialCheck.input.parse(input));
    expect(told).toMatchObject({
      evidence: { failure_mode: "it lies", check: "looked", result: "no", evidence_type: "adversarial_check" },
      criterion: { proof: "it lies: no", status: "satisfied" },
    });
    for (const [metadata, field] of [
      [{}, "failure_mode"],
      [{ failure_mode: "x" }, "check"],
      [{ failure_mode: "x", check: "y", result: "..." }, "result"],
    ] as const) {
      await expect(add(loop, { evidence_type: "adversarial_check", metadata })).rejects.toMatchObject({
        details: { field },
      });
    }
  });

  it("is also what `criteria` writes with the same evidence", async () => {
    const loop = await looped();
    const { affected_criterion } = await addCriterion(
      world.ctx,
      operations.criteria.add.input.parse({
        task: loop.task,
        criterion: "ci is green",
        source: "manager_inferred",
        evidence: { evidence_type: "ci_green", iteration: 1, ralph_loop_run_id: loop.run_id },
      }),
    );
    const identity = `SELECT loop_run_id, loop_iteration, evidence_type FROM acceptance_criteria WHERE id = ${affected_criterion.id}`;
    expect(await rowsOf(world, identity)).toEqual([
      { loop_run_id: loop.run_id, loop_iteration: 1, evidence_type: "ci_green" },
    ]);
    const none = { loop_run_id: null, loop_iteration: null, evidence_type: null };
    const foreign = await looped();
    for (const [ralph_loop_run_id, iteration] of [
      [foreign.run_id, 1],
      ["run-nowhere", 1],
      [loop.run_id, "1"],
      [loop.loop_run, 1],
    ]) {
      const evidence = { evidence_type: "ci_green", iteration, ralph_loop_run_id };
      await accept(world.ctx, { task: loop.task, criterion_id: affected_criterion.id, evidence });
      expect(await rowsOf(world, identity)).toEqual([none]);
    }
  });

  it.each([
    ["iteration 0", { iteration: 0 }, "invalid"],
    ["a negative iteration", { iteration: -1 }, "invalid"],
    ["half an iteration", { iteration: 1.5 }, "invalid"],
    ["an iteration beyond the maximum", { iteration: 3 }, { code: "invalid_input", details: { field: "iteration" } }],
    ["a type of blanks", { evidence_type: "  " }, "invalid"],
    ["a type in look-alike letters", { evidence_type: "\u0441i_green" }, { details: { field: "evidence_type" } }],
    [
      "a type that only Conveyor writes",
      { evidence_type: "conflict_blocked" },
      { details: { field: "evidence_type" } },
    ],
    ["an attempt without outcome", { evidence_type: "conflict_attempt" }, { details: { field: "metadata.outcome" } }],
    ["a run that is none", { loop_run: "nowhere" }, { code: "not_found" }],
  ] as const)("refuses %s and records nothing", async (_what, call, problem) => {
    const loop = await looped();
    const parsed = operations.loops.addEvidence.input.safeParse({
      ...loop,
      run_id: undefined,
      task_id: undefined,
      evidence_type: "ci_green",
      ...call,
    });
    if (problem === "invalid") expect(parsed.success).toBe(false);
    else await expect(add(loop, call)).rejects.toMatchObject(problem);
    expect(await rowsOf(world, `SELECT id FROM acceptance_criteria WHERE task_id = '${loop.task_id}'`)).toEqual([]);
  });

  it("refuses a loop of another task", async () => {
    const [one, other] = [await looped(), await looped()];
    await expect(add({ task: one.task, loop_run: other.run_id }, {})).rejects.toMatchObject({
      code: "run_task_mismatch",
    });
    await expect(add({ task: one.task, loop_run: other.loop_run }, {})).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("attempts at a conflict", () => {
  it("add up until the limit, which writes a receipt of its own, and a clean merge state begins anew", async () => {
    const loop = await looped("ship_it_loop", { conflict_max_retries: 2 });
    const attempt = (outcome: string) =>
      add(loop, { evidence_type: "conflict_attempt", metadata: { outcome, files: ["a.ts"] } });
    const states = () =>
      rowsOf(
        world,
        `SELECT evidence_type, attempt, status FROM acceptance_criteria WHERE task_id = '${loop.task_id}' ORDER BY id`,
      );
    const first = await attempt("unresolved");
    expect(first.run.metadata["conflict_state"]).toEqual({ retry_count: 1, state: "open" });
    await attempt("resolved");
    const third = await attempt("unresolved");
    expect(third.run.metadata["conflict_state"]).toEqual({ retry_count: 2, state: "blocked" });
    expect(await states()).toEqual([
      { evidence_type: "conflict_attempt", attempt: 1, status: "rejected" },
      { evidence_type: "conflict_attempt", attempt: 2, status: "satisfied" },
      { evidence_type: "conflict_attempt", attempt: 3, status: "rejected" },
      { evidence_type: "conflict_blocked", attempt: 1, status: "rejected" },
    ]);
    const clean = await add(loop, {
      evidence_type: "mergeability_clean",
      metadata: { conflicts: false, mergeable_state: "clean" },
    });
    expect(clean.run.metadata["conflict_state"]).toEqual({ retry_count: 0, state: "open" });
  });
});
