import { type Call, operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWorld, type World } from "../testing/world.ts";
import { staleReasons } from "./ack-currency.ts";
import { managerAck, recordManagerAck, recordWorkerAck, workerAck } from "./acknowledgements.ts";
import { configure } from "./configure.ts";
import { handoff } from "./handoff.ts";

let world: World;
beforeEach(() => {
  world = createWorld({});
});
afterEach(() => world.close());

const ack = (payload: Record<string, unknown>, ctx = world.ctx) => recordWorkerAck(ctx, { task: "parser", payload });
const config = (call: Partial<Call<"contract.configure">>) =>
  configure(world.ctx, operations.contract.configure.input.parse({ task: "parser", ...call }));

describe("worker-ack and manager-ack", () => {
  it("read null before there is one", async () => {
    await world.task({ name: "parser" });
    expect(await workerAck(world.ctx, { task: "parser" })).toBeNull();
    expect(await managerAck(world.ctx, { task: "parser" })).toBeNull();
  });

  it("keep each revision with the binding and the config that it was given for", async () => {
    const { task, binding_id } = await world.pair({ task: "parser" });
    await config({ objective: "o" });
    const payload = { goal_restatement: "split it", ready_to_start: true };
    const first = await ack(payload);
    expect(first).toMatchObject({
      task_id: task.id,
      binding_id,
      role: "worker",
      revision: 1,
      manager_config_revision: 1,
      correlation_id: null,
      payload,
      current: true,
      stale_reasons: [],
      payload_warnings: ["proposed_criteria", "expected_tools", "open_questions"],
    });
    expect((await ack({})).revision).toBe(2);
    expect(await workerAck(world.ctx, { task: "parser" })).toMatchObject({ revision: 2, payload: {} });
    const managers = await recordManagerAck(world.ctx, { task: "parser", payload: {}, correlation_id: "turn-1" });
    expect(managers).toMatchObject({ role: "manager", revision: 1, correlation_id: "turn-1" });
  });

  it("become stale with a change of the config, and tell only keys", async () => {
    await world.pair({ task: "parser" });
    await ack({ secret_plan: "never tell" });
    await config({ objective: "another" });
    expect(await workerAck(world.ctx, { task: "parser" })).toMatchObject({
      current: false,
      stale_reasons: ["config_changed"],
    });
    const event = await world.auditEvent("worker_ack_recorded");
    expect(event).toMatchObject({ actor: "worker", payload: { payload_keys: ["secret_plan"], role: "worker" } });
    expect(JSON.stringify(event)).not.toContain("never tell");
    expect(await world.telemetryEvent("worker_ack_recorded")).toMatchObject({ actor: "worker" });
  });

  it("of two writers at once become two revisions", async () => {
    await world.task({ name: "parser" });
    const other = world.otherCtx();
    const both = await Promise.all([ack({ n: 1 }), ack({ n: 2 }, other), ack({ n: 3 })]);
    expect(both.map(({ revision }) => revision).sort()).toEqual([1, 2, 3]);
    await other.store.close();
  });

  it("of an unbound task are not current", async () => {
    await world.task({ name: "parser" });
    expect(await ack({})).toMatchObject({ binding_id: null, current: false, stale_reasons: ["no_active_binding"] });
    await expect(recordWorkerAck(world.ctx, { task: "nothing", payload: {} })).rejects.toMatchObject({
      code: "not_found",
      details: { kind: "task" },
    });
  });

  it.each([
    ["all is as it was", { binding_id: "b", config_revision: 2 }, []],
    ["another binding is active", { binding_id: "c", config_revision: 2 }, ["binding_changed"]],
    [
      "none is active and the config changed",
      { binding_id: null, config_revision: 3 },
      ["no_active_binding", "config_changed"],
    ],
    ["the config is gone", { binding_id: "b", config_revision: null }, ["config_changed"]],
  ])("are judged when %s", (_what, now, reasons) => {
    expect(staleReasons({ binding_id: "b", manager_config_revision: 2 }, now)).toEqual(reasons);
  });

  it.each([
    ["a list", []],
    ["a text", "x"],
    ["null", null],
  ])("take no %s for an object", (_what, payload) => {
    const call = operations.contract.recordWorkerAck.input.safeParse({ task: "parser", payload });
    expect(call.error?.issues[0]?.path).toEqual(["payload"]);
  });
});

describe("handoff", () => {
  const leave = (call: Partial<Call<"contract.handoff">> = {}) =>
    handoff(world.ctx, operations.contract.handoff.input.parse({ task: "parser", summary: "split done", ...call }));

  it("appends what the worker leaves, of whoever is bound", async () => {
    const { task, worker } = await world.pair({ task: "parser" });
    const left = await leave({ next_step: ["run gates", "open PR"], payload: { branch: "fix/a" } });
    expect(left).toMatchObject({
      task_id: task.id,
      worker_session_id: worker.session_id,
      summary: "split done",
      next_steps: ["run gates", "open PR"],
      payload: { branch: "fix/a" },
    });
    expect(await world.telemetryEvent("worker_handoff_recorded")).toMatchObject({
      actor: "worker",
      attributes: { next_step_count: 2, payload_keys: ["branch"], summary_length: 10 },
    });
    expect(JSON.stringify(await world.auditEvent("worker_handoff_recorded"))).not.toContain("run gates");
    expect((await leave()).id).toBe(left.id + 1);
  });

  it("needs no binding", async () => {
    await world.task({ name: "parser" });
    expect(await leave()).toMatchObject({ worker_session_id: null, next_steps: [], payload: {} });
  });
});
