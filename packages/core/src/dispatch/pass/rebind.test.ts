import { operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bind } from "../../bindings/bind.ts";
import { unbind } from "../../bindings/unbind.ts";
import { manager as listManager, session as listSession, worker as listWorker } from "../../inbox/list.ts";
import { takeSession, takeWorker } from "../../inbox/take.ts";
import { createWorld, type World } from "../../testing/world.ts";
import { Panes } from "../testing/panes.ts";
import { events, notify, nudge, pass, rowsOf, turn } from "../testing/scenes.ts";
import { startProcess } from "../testing/spawn.ts";

let world: World;
let panes: Panes;
beforeEach(() => {
  world = createWorld();
  panes = new Panes(world);
});
afterEach(async () => {
  await panes.close();
  await world.close();
});

const worker = (task: string) => listWorker(world.ctx, operations.inbox.worker.input.parse({ task }));
const manager = (task: string) => listManager(world.ctx, operations.inbox.manager.input.parse({ task }));
const session = (name: string) => listSession(world.ctx, operations.inbox.session.input.parse({ session: name }));
const texts = ({ items }: { items: { payload: Record<string, unknown> }[] }) =>
  items.map(({ payload }) => payload["message"]);

const rebind = async (task: string, ends: { worker: string; manager: string }) => {
  await unbind(world.ctx, { task });
  return bind(world.ctx, { task, ...ends });
};
const dieAt = async (abort_at: string) => {
  const input = operations.dispatch.run.input.parse({ dispatcher_id: "victim" });
  const { ended } = startProcess(world, { action: "run", input, abort_at, tmux_socket: panes.socket_name });
  expect((await ended).signal).toBe("SIGKILL");
};

describe("a task that is bound anew while messages are under way", () => {
  it("has its queued messages go to those who are bound when they are delivered", async () => {
    const { task, worker: first, manager: boss } = await world.pair();
    await nudge(world.ctx, task.name, "for whoever works on it");
    await notify(world.ctx, task.name, "for whoever manages it");
    const [second, chief] = [await world.worker(), await world.manager()];
    await rebind(task.id, { worker: second.name, manager: chief.name });
    await pass(world.ctx);
    expect(texts(await worker(task.name))).toEqual(["for whoever works on it"]);
    expect(texts(await manager(task.name))).toEqual(["for whoever manages it"]);
    for (const former of [first, boss]) expect((await session(former.name)).pending_count).toBe(0);
    const ends =
      "SELECT source_session_id AS source, target_session_id AS target FROM routed_notifications ORDER BY seq";
    expect(await rowsOf(world, ends)).toEqual([
      { source: chief.session_id, target: second.session_id },
      { source: second.session_id, target: chief.session_id },
    ]);
  });

  it("does not show delivered mail to the next binding, but counts it, and the session still finds it", async () => {
    const { task, worker: ada, manager: boss } = await world.pair();
    await nudge(world.ctx, task.name, "from before");
    await pass(world.ctx);
    await rebind(task.id, { worker: ada.name, manager: boss.name });
    await nudge(world.ctx, task.name, "from now");
    await pass(world.ctx);
    expect(await worker(task.name)).toMatchObject({ pending_count: 1, other_bindings_pending_count: 1 });
    expect(texts(await worker(task.name))).toEqual(["from now"]);
    const take = () => takeWorker(world.ctx, operations.inbox.takeWorker.input.parse({ task: task.name }));
    expect((await take()).consumed?.payload["message"]).toBe("from now");
    expect(await take()).toMatchObject({ consumed: null, other_bindings_pending_count: 1 });
    const leftover = await takeSession(world.ctx, operations.inbox.takeSession.input.parse({ session: ada.name }));
    expect(leftover.consumed?.payload["message"]).toBe("from before");
    expect(await worker(task.name)).toMatchObject({ other_bindings_pending_count: 0 });
  });

  it("takes a message whose dispatcher died along to the new worker, and nothing stays behind", async () => {
    await panes.composer("codex");
    const { task, worker: first } = await world.pair({ worker: { tmux_session: "codex" } });
    await nudge(world.ctx, task.name, "hello");
    await dieAt("item_inserted");
    const [second, chief] = [await world.worker(), await world.manager()];
    await rebind(task.id, { worker: second.name, manager: chief.name });
    expect((await pass(panes.ctx)).processed).toMatchObject([
      { state: "requeued" },
      { state: "pull_required", notification_id: 2, target_session: second.name },
    ]);
    expect(texts(await worker(task.name))).toEqual(["hello"]);
    expect(panes.received("codex")).toBe("");
    expect(await rowsOf(world, "SELECT id, state, error FROM routed_notifications ORDER BY id")).toEqual([
      { id: 1, state: "failed", error: expect.stringContaining("item 2") },
      { id: 2, state: "delivered", error: null },
    ]);
    expect(await session(first.name)).toMatchObject({ pending_count: 0, other_bindings_pending_count: 0 });
  });

  it("while nobody is bound has its messages fail with the reason", async () => {
    const { task } = await world.pair();
    await nudge(world.ctx, task.name, "for nobody");
    await unbind(world.ctx, { task: task.id });
    expect((await pass(world.ctx)).processed).toMatchObject([{ state: "failed", error_code: "no_active_binding" }]);
  });
});

describe("a report of a binding that has ended", () => {
  it("is not typed into the terminal of a manager who looks after something else by now", async () => {
    await panes.composer("codex");
    const { task, worker: ada, manager: boss, binding_id } = await world.pair({ manager: { tmux_session: "codex" } });
    await events(world, ada.session_id, turn("of the first binding"));
    await dieAt("completion_claimed");
    const next = await world.task({ name: "next" });
    await unbind(world.ctx, { task: task.id });
    await bind(world.ctx, { task: next.id, worker: ada.name, manager: boss.name });

    expect((await pass(panes.ctx)).processed).toMatchObject([
      { state: "pull_required", recovered: true, binding_id, task: task.name },
    ]);
    expect(panes.received("codex")).toBe("");
    expect(await manager("next")).toMatchObject({ items: [], pending_count: 0, other_bindings_pending_count: 1 });
    expect((await session(boss.name)).items).toMatchObject([{ binding_id, task_name: task.name }]);
  });

  it("is made for nobody: turns from before the new binding are counted, not reported", async () => {
    const { task, worker: ada, manager: boss } = await world.pair();
    await events(world, ada.session_id, [...turn("one"), ...turn("two")]);
    await rebind(task.id, { worker: ada.name, manager: boss.name });
    await events(world, ada.session_id, turn("three"));
    const { processed, skipped_historical_events } = await pass(world.ctx);
    expect(processed).toMatchObject([{ state: "pull_required", signal_type: "worker_task_complete" }]);
    expect(skipped_historical_events).toBe(2);
    const receipts = "SELECT json_extract(payload_json, '$.worker_receipt.turn_id') AS turn FROM routed_notifications";
    expect(await rowsOf(world, receipts)).toEqual([{ turn: "three" }]);
  });
});
