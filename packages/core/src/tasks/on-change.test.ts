import { appendFileSync } from "node:fs";
import { operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { unbind } from "../bindings/unbind.ts";
import type { Ctx } from "../ctx.ts";
import { ingestSession } from "../observation/ingest.ts";
import { Reader } from "../testing/reader.ts";
import { createWorld, type World } from "../testing/world.ts";
import { create as createTask } from "./create.ts";
import { finish as finishTask } from "./finish.ts";
import { onChange as watchTasks } from "./on-change.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

const follow = (after?: string, active = false) => new Reader(world.ctx, (ctx) => watchTasks(ctx, { active }, after));

const finish = (task: string) => finishTask(world.ctx, operations.tasks.finish.input.parse({ task }));

describe("watching tasks", () => {
  it("begins with the present tasks as the list shows them and then tells each new one", async () => {
    await world.task({ name: "auth", goal: "Refactor auth" });
    await world.task({ name: "docs" });
    const reader = follow();
    const present = await reader.take(2);
    expect(present.map(({ name, state, goal }) => [name, state, goal])).toEqual([
      ["auth", "candidate", "Refactor auth"],
      ["docs", "candidate", "make it work"],
    ]);
    expect(Object.keys(present[0] ?? {}).sort()).toEqual([
      "agents",
      "budget",
      "created_at",
      "goal",
      "id",
      "name",
      "state",
      "summary",
      "updated_at",
    ]);
    const coming = reader.next();
    await world.task({ name: "search" });
    expect((await coming).data.name).toBe("search");
    expect(await reader.leave()).toEqual([]);
  });

  it("tells how the agents of a task stand, and each time that changes", async () => {
    const turn = (type: string, more: object = {}) =>
      `${JSON.stringify({ timestamp: world.host.clock.iso(), type: "event_msg", payload: { type, turn_id: "t1", ...more } })}\n`;
    const path = world.rollout();
    const { worker, manager } = await world.pair({ task: "auth", worker: { codex_session: path } });
    const reader = follow();
    const phases = ({ agents }: { agents: { name: string; agent_status: { phase: string } }[] }) =>
      agents.map(({ name, agent_status }) => [name, agent_status.phase]);
    expect(phases((await reader.next()).data)).toEqual([
      [worker.name, "unknown"],
      [manager.name, "unknown"],
    ]);
    const told = [];
    for (const line of [turn("task_started"), turn("task_complete", { error: { codex_error_info: "other" } })]) {
      const coming = reader.next();
      appendFileSync(path, line);
      await ingestSession(world.ctx, worker.session_id, { telemetry: "always" });
      told.push(phases((await coming).data)[0]);
    }
    expect(told).toEqual([
      [worker.name, "working"],
      [worker.name, "failed"],
    ]);
    await reader.leave();
  });

  it("tells a change of state once, also when another process wrote it", async () => {
    const { task } = await world.pair({ task: "auth" });
    const reader = follow();
    expect((await reader.next()).data.state).toBe("managed");
    const other: Ctx = world.otherCtx();
    const coming = reader.next();
    await unbind(other, { task: task.id });
    expect((await coming).data).toMatchObject({ name: "auth", state: "paused" });
    const next = reader.next();
    await createTask(other, { name: "marker", goal: "g", summary: null });
    expect((await next).data.name).toBe("marker");
    await other.store.close();
    await reader.leave();
  });

  it("goes on after the item a reader saw last, losing and repeating nothing", async () => {
    const reader = follow();
    for (const name of ["a", "b", "c"]) await world.task({ name });
    const first = await reader.next();
    const second = await reader.next();
    expect([first.data.name, second.data.name]).toEqual(["a", "b"]);
    await reader.leave();
    await world.task({ name: "d" });
    const again = follow(second.id);
    expect((await again.take(2)).map(({ name }) => name)).toEqual(["c", "d"]);
    const coming = again.next();
    await world.task({ name: "e" });
    expect((await coming).data.name).toBe("e");
    await again.leave();
  });

  it("tells apart tasks that one transaction changed together", async () => {
    for (const name of ["a", "b", "c"]) await world.task({ name });
    await world.store.write(async (tx) => {
      await tx.db.tasks.updateMany({ data: { state: "paused", updated_seq: tx.seq() } });
    });
    const reader = follow();
    const first = await reader.next();
    await reader.leave();
    const again = follow(first.id);
    expect([first.data.name, ...(await again.take(2)).map(({ name }) => name)]).toEqual(["a", "b", "c"]);
    await again.leave();
  });

  it("with active begins with open tasks only, and still tells when one closes", async () => {
    await world.task({ name: "old" });
    await finish("old");
    await world.task({ name: "open" });
    const reader = follow(undefined, true);
    expect((await reader.next()).data.name).toBe("open");
    const coming = reader.next();
    await finish("open");
    expect((await coming).data).toMatchObject({ name: "open", state: "done" });
    await reader.leave();
  });

  it("with active tells a reader who comes back what closed meanwhile, and nothing that had closed before", async () => {
    for (const name of ["closed-before", "first", "second"]) await world.task({ name });
    await finish("closed-before");
    const reader = follow(undefined, true);
    const first = await reader.next();
    await reader.leave();
    await finish("second");
    const again = follow(first.id, true);
    expect((await again.next()).data).toMatchObject({ name: "second", state: "done" });
    const coming = again.next();
    await world.task({ name: "third" });
    expect((await coming).data.name).toBe("third");
    await again.leave();
  });

  it("shows everything again to a reader that knows more than the ledger", async () => {
    await world.task({ name: "auth" });
    const reader = follow("900000.12.3");
    expect((await reader.next()).data.name).toBe("auth");
    await reader.leave();
  });

  it("hands over many tasks without a gap", async () => {
    const names = Array.from({ length: 120 }, (_, i) => `task-${i}`);
    for (const name of names) await world.task({ name });
    const reader = follow();
    expect((await reader.take(120)).map(({ name }) => name)).toEqual(names);
    await reader.leave();
  });

  it("refuses an id that is none of its own", async () => {
    await expect(follow("yesterday").next()).rejects.toMatchObject({ code: "invalid_input" });
  });
});
