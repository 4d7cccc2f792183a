import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deregister as deregisterSession } from "../sessions/deregister.ts";
import { createWorld, type World } from "../testing/world.ts";
import { bind } from "./bind.ts";
import { unbind } from "./unbind.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

const taskState = async (id: string) =>
  (await world.store.read((tx) => tx.db.tasks.findUniqueOrThrow({ where: { id } }))).state;
const closeTask = (id: string, state: "done" | "failed") =>
  world.store.write((tx) => tx.db.tasks.update({ where: { id }, data: { state } }));
const liveBindings = () =>
  world.store.read((tx) => tx.db.bindings.count({ where: { state: { in: ["active", "ending"] } } }));

describe("bind", () => {
  beforeEach(async () => {
    await world.task({ name: "auth" });
    await world.worker({ name: "w" });
    await world.manager({ name: "m" });
  });
  const bindAuth = () => bind(world.ctx, { task: "auth", worker: "w", manager: "m" });

  it("ties the three together and makes the task managed", async () => {
    const { binding_id, ...names } = await bindAuth();
    expect(names).toEqual({ task: "auth", worker: "w", manager: "m" });
    const event = await world.auditEvent("binding_created");
    expect(event).toMatchObject({ payload: { binding_id, task: "auth", worker: "w", manager: "m" } });
    expect(await taskState(event?.task_id ?? "")).toBe("managed");
    expect(await world.telemetryEvent("binding_created")).toMatchObject({ task_id: event?.task_id });
  });

  it.each([
    ["an unknown task", { task: "nothing" }, "not_found"],
    ["an unknown worker", { worker: "nobody" }, "not_found"],
    ["an unknown manager", { manager: "nobody" }, "not_found"],
    ["a manager as worker", { worker: "m" }, "precondition_failed"],
    ["a worker as manager", { manager: "w" }, "precondition_failed"],
    ["an ambiguous prefix", { worker: "session-" }, "ambiguous"],
  ])("refuses %s and changes nothing", async (_what, wrong, code) => {
    const before = await world.auditTypes();
    await expect(bind(world.ctx, { task: "auth", worker: "w", manager: "m", ...wrong })).rejects.toMatchObject({
      code,
    });
    expect(await world.auditTypes()).toEqual(before);
    expect(await liveBindings()).toBe(0);
  });

  it("names the actual and the wanted role", async () => {
    await expect(bind(world.ctx, { task: "auth", worker: "m", manager: "m" })).rejects.toThrow(
      /"m" is a manager.*worker is needed/,
    );
  });

  it.each(["done", "failed"] as const)("refuses a task that is %s", async (state) => {
    const { id } = await world.task({ name: "closed" });
    await closeTask(id, state);
    await expect(bind(world.ctx, { task: "closed", worker: "w", manager: "m" })).rejects.toMatchObject({
      code: "terminal_state",
    });
  });

  it("refuses a session that is gone", async () => {
    await deregisterSession(world.ctx, { session: "w" });
    await expect(bindAuth()).rejects.toMatchObject({
      code: "precondition_failed",
      message: expect.stringContaining("gone"),
    });
  });

  it("says that it is exactly this binding already", async () => {
    const { binding_id } = await bindAuth();
    await expect(bindAuth()).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("exactly this binding"),
      details: { binding_id, same: true },
    });
  });

  it("names who holds the task", async () => {
    await bindAuth();
    await world.worker({ name: "w2" });
    await expect(bind(world.ctx, { task: "auth", worker: "w2", manager: "m" })).rejects.toThrow(
      /worker w and manager m/,
    );
  });

  it.each([
    ["worker", "w", "m2"],
    ["manager", "w2", "m"],
  ])("refuses a %s that is bound elsewhere", async (role, worker, manager) => {
    await bindAuth();
    await world.task({ name: "other" });
    await world.worker({ name: "w2" });
    await world.manager({ name: "m2" });
    await expect(bind(world.ctx, { task: "other", worker, manager })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringMatching(new RegExp(`${role} .* bound to task "auth"`)),
    });
  });

  it("lets one of two simultaneous callers win and tells the other", async () => {
    const other = world.otherCtx();
    await world.task({ name: "second" });
    const outcomes = await Promise.allSettled([
      bindAuth(),
      bind(other, { task: "auth", worker: "w", manager: "m" }),
      bind(other, { task: "second", worker: "w", manager: "m" }),
    ]);
    await other.store.close();
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "conflict" });
    }
    expect(await liveBindings()).toBe(1);
    expect((await world.auditTypes()).filter((type) => type === "binding_created")).toHaveLength(1);
  });
});

describe("unbind", () => {
  it("ends the binding, pauses the task and frees the sessions", async () => {
    const { task, binding_id } = await world.pair({ task: "auth" });
    expect(await unbind(world.ctx, { task: "auth" })).toEqual({ task: "auth", state: "ended" });
    expect(await taskState(task.id)).toBe("paused");
    expect(await world.auditEvent("binding_ended")).toMatchObject({
      task_id: task.id,
      payload: { task: "auth", binding_id },
    });
    await bind(world.ctx, { task: "auth", worker: "auth-worker", manager: "auth-manager" });
    expect(await taskState(task.id)).toBe("managed");
  });

  it("leaves a closed task closed", async () => {
    const { task } = await world.pair({ task: "auth" });
    await closeTask(task.id, "done");
    await unbind(world.ctx, { task: "auth" });
    expect(await taskState(task.id)).toBe("done");
  });

  it("says that the binding has ended already and writes nothing", async () => {
    await world.pair({ task: "auth" });
    await unbind(world.ctx, { task: "auth" });
    const before = await world.auditTypes();
    expect(await unbind(world.ctx, { task: "auth" })).toEqual({ task: "auth", state: "ended", already_ended: true });
    expect(await world.auditTypes()).toEqual(before);
  });

  it("refuses a task that was never bound, and one that does not exist", async () => {
    await world.task({ name: "auth" });
    await expect(unbind(world.ctx, { task: "auth" })).rejects.toMatchObject({
      code: "not_found",
      details: { kind: "binding" },
    });
    await expect(unbind(world.ctx, { task: "nothing" })).rejects.toMatchObject({
      code: "not_found",
      details: { kind: "task" },
    });
  });
});
