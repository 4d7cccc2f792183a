import { type Call, LOOP_TEMPLATES, operations } from "@conveyor/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { finish } from "../tasks/finish.ts";
import { createWorld, type World } from "../testing/world.ts";
import { createFromPreset, listPresets, showPreset } from "./list-presets.ts";
import { createFromTemplate, listTemplates, showTemplate } from "./list-templates.ts";
import { createRun, finishRun, listRuns, showRun } from "./runs.ts";

let world: World;
beforeAll(() => {
  world = createWorld();
});
afterAll(() => world.close());

const task = async (name: string) => (await world.task({ name })).name;
const create = (call: Call<"loops.createRun">) => createRun(world.ctx, operations.loops.createRun.input.parse(call));
const instantiate = (call: Call<"loops.createFromTemplate">) =>
  createFromTemplate(world.ctx, operations.loops.createFromTemplate.input.parse(call));
const list = (call: Call<"loops.listRuns"> = {}) => listRuns(world.ctx, operations.loops.listRuns.input.parse(call));
const end = (run: string, status?: "abandoned" | "failed") =>
  finishRun(world.ctx, operations.loops.finishRun.input.parse({ run, status }));

describe("loop-templates and ralph-loop-presets", () => {
  it("list the same seven in the order of their names, and show each", async () => {
    const { templates } = await listTemplates(world.ctx, {});
    expect(templates.map(({ name }) => name)).toEqual([...LOOP_TEMPLATES].sort());
    expect((await listPresets(world.ctx, {})).presets).toEqual(templates);
    for (const template of templates) {
      expect(await showTemplate(world.ctx, { template: template.name })).toEqual(template);
      expect(await showPreset(world.ctx, { preset: template.name })).toEqual(template);
    }
  });

  it("make a finished run that carries the policy, under a name of its own each time", async () => {
    const name = await task("templated");
    const call = { task: name, template: "ship_it_loop", adversarial: true, required_before_continue: ["lint"] };
    const run = await instantiate(call);
    expect(run).toMatchObject({
      created: true,
      status: "finished",
      purpose: "ralph_loop",
      loop_state: "open",
      name: expect.stringMatching(/^templated-ralph-loop-\d{4}-\d\d-\d\dT\d{6}-\d{3}Z$/),
      metadata: { template: "ship_it_loop", preset: "ship_it_loop", current_iteration: 0, max_iterations: 2 },
    });
    expect(run.metadata["required_before_continue"]).toHaveLength(10);
    expect(run.ended_at).toBe(run.started_at);
    expect(await world.auditEvent("run_created")).toMatchObject({ payload: { kind: "ralph_loop", run_id: run.id } });
    const preset = operations.loops.createFromPreset.input.parse({ task: name, preset: "build_then_clear", name: "p" });
    expect(await createFromPreset(world.ctx, preset)).toMatchObject({
      name: "p",
      metadata: { preset: "build_then_clear" },
    });
  });

  it("answer a repeated name with the run that there is, also when the loop has moved on, and refuse other content", async () => {
    const call = { task: await task("repeated"), template: "build_then_clear", name: "nightly" };
    const first = await instantiate(call);
    await world.store.fast((tx) =>
      tx.sql
        .atomic("UPDATE runs SET metadata_json = json_set(metadata_json, '$.current_iteration', 1) WHERE id = ?")
        .run(first.id),
    );
    expect(await instantiate(call)).toMatchObject({ id: first.id, created: false });
    await expect(instantiate({ ...call, max_iterations: 9 })).rejects.toMatchObject({ code: "conflict" });
    await end(first.id);
    expect(await instantiate({ ...call, max_iterations: 9 })).toMatchObject({ created: true });
  });

  it.each([
    [
      { template: "nothing" },
      { code: "not_found", hint: expect.stringContaining("app_visible_build_loop, build_then_clear") },
    ],
    [{ template: "ship_it_lop" }, { code: "not_found", hint: expect.stringContaining("did you mean ship_it_loop?") }],
    [{ current_iteration: 3 }, { code: "invalid_input", details: { field: "current_iteration" } }],
    [{ required_before_continue: [" "] }, { code: "invalid_input", details: { field: "required_before_continue" } }],
    [{ task: "nowhere" }, { code: "not_found", details: { kind: "task" } }],
  ])("refuse %j", async (wrong, problem) => {
    await expect(instantiate({ task: "templated", template: "ship_it_loop", ...wrong })).rejects.toMatchObject(problem);
  });

  it("warn of a hash that is none", async () => {
    const run = await instantiate({ task: "templated", template: "ship_it_loop", seed_prompt_sha256: "abc" });
    expect(run.warnings).toEqual(["seed_prompt_sha256_is_no_sha256"]);
  });
});

describe("runs", () => {
  it("are one active one of a task, which is ended once", async () => {
    const name = await task("plain");
    const run = await create({ task: name, purpose: "review", metadata: { any: 1 } });
    expect(run).toMatchObject({
      status: "active",
      ended_at: null,
      loop_state: null,
      metadata: { any: 1 },
      created: true,
    });
    await expect(create({ task: name })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining(run.id),
    });
    const policy = await create({ task: name, purpose: "ralph_loop", metadata: { max_iterations: "3" } });
    expect(policy.metadata).toMatchObject({
      kind: "ralph_loop",
      policy_record: true,
      max_iterations: 3,
      current_iteration: 0,
    });
    const ended = await end(run.name, "failed");
    expect(ended).toMatchObject({ status: "failed", ended_at: expect.any(String) });
    expect(await world.telemetryEvent("run_finished")).toMatchObject({ severity: "error", run_id: run.id });
    expect(await end(run.id, "failed")).toEqual(ended);
    await expect(end(run.id)).rejects.toMatchObject({ code: "conflict" });
    expect((await list({ task: name })).map(({ id }) => id)).toEqual([policy.id, run.id]);
    expect((await list({ task: name, status: "failed", limit: 1 })).map(({ id }) => id)).toEqual([run.id]);
    expect(await showRun(world.ctx, { run: policy.name })).toMatchObject({ id: policy.id, loop_state: "open" });
  });

  it("of a policy are closed by it, and by the end of their task", async () => {
    const name = await task("closing");
    const metadata = {
      kind: "ralph_loop",
      max_iterations: 1,
      current_iteration: 1,
      correlation_id: "kept",
      required_before_continue: [" lint ", "lint"],
    };
    const spent = await create({ task: name, name: "spent", metadata });
    expect(spent).toMatchObject({
      loop_state: "exhausted",
      purpose: "ralph_loop",
      metadata: {
        correlation_id: "kept",
        required_before_continue: ["lint"],
        stop_conditions: ["max_iterations", "required_evidence"],
      },
    });
    const closed = await end("spent", "abandoned");
    expect(closed).toMatchObject({
      loop_state: "closed",
      metadata: { closed_status: "abandoned", closed_at: expect.any(String) },
    });
    expect(await end("spent", "abandoned")).toEqual(closed);
    await expect(end("spent")).rejects.toMatchObject({ code: "conflict" });
    const open = await create({ task: name, name: "open", metadata: { ...metadata, current_iteration: 0 } });
    await finish(world.ctx, operations.tasks.finish.input.parse({ task: name, reason: "done" }));
    expect(await showRun(world.ctx, { run: open.id })).toMatchObject({ loop_state: "closed" });
    await expect(create({ task: name })).rejects.toMatchObject({ code: "terminal_state" });
  });

  it.each([
    [{}, "max_iterations"],
    [{ max_iterations: 0 }, "max_iterations"],
    [{ max_iterations: 2.5 }, "max_iterations"],
    [{ max_iterations: "many" }, "max_iterations"],
    [{ max_iterations: 1, current_iteration: 2 }, "current_iteration"],
    [{ max_iterations: 1, current_iteration: -1 }, "current_iteration"],
    [{ max_iterations: 1, current_iteration: null }, "current_iteration"],
    [{ max_iterations: 1, required_before_continue: "lint" }, "required_before_continue"],
    [{ max_iterations: 1, required_before_continue: [""] }, "required_before_continue"],
    [{ max_iterations: 1, required_before_continue: [7] }, "required_before_continue"],
    [{ max_iterations: 1, budgets: { forever: 1 } }, "budgets.forever"],
    [{ max_iterations: 1, freshness: { lint: {}, ci: 1 } }, "freshness.ci"],
    [{ max_iterations: 1, merge_gate: "of" }, "merge_gate"],
    [{ max_iterations: 1, conflict_policy: 3 }, "conflict_policy"],
  ])("of a policy refuse %j", async (metadata, field) => {
    const call = create({ task: "plain", purpose: "ralph_loop", metadata });
    await expect(call).rejects.toMatchObject({ code: "invalid_input", details: { field: `metadata.${field}` } });
  });
});
