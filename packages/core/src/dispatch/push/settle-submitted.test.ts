import { appendFileSync, writeFileSync } from "node:fs";
import { operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Ctx } from "../../ctx.ts";
import { worker as listWorker } from "../../inbox/list.ts";
import { registerWorker } from "../../sessions/register.ts";
import { createWorld, type World } from "../../testing/world.ts";
import { Panes } from "../testing/panes.ts";
import { continuation, events, loopRun, nudge, pass, rowsOf, turn } from "../testing/scenes.ts";
import { startProcess } from "../testing/spawn.ts";

const MINUTE_MS = 60_000;

describe("a message that was typed and submitted, and not recorded by its agent", () => {
  let world: World;
  let panes: Panes;
  let rollout: string;
  beforeEach(async () => {
    world = createWorld();
    panes = new Panes(world);
    rollout = world.rollout();
    await panes.composer("codex", "", { records: false });
  });
  afterEach(async () => {
    await panes.close();
    await world.close();
  });

  const worker = () => ({ tmux_session: "codex", codex_session: rollout });
  const typed = () => (panes.received("codex").match(/hello|appears to have finished/g) ?? []).length;
  const state = async () => {
    const [row] = await rowsOf(
      world,
      `SELECT c.state AS command, a.state AS attempt, n.state AS item, n.submission, n.typed_key
       FROM routed_notifications n LEFT JOIN commands c ON c.id = n.command_id
         LEFT JOIN command_attempts a ON a.command_id = c.id`,
    );
    return row;
  };

  /** The agent takes what was typed, as Codex writes it down. */
  function record(text: string): void {
    const payload = { type: "item_completed", item: { type: "UserMessage", content: [{ type: "text", text }] } };
    appendFileSync(rollout, `${JSON.stringify({ timestamp: world.host.clock.iso(), type: "event_msg", payload })}\n`);
  }

  /** What was typed last, as the agent gets it. */
  const lastTyped = () => panes.received("codex").split("\u001b[200~").at(-1)?.split("\u001b[201~")[0] ?? "";

  const later = (minutes: number): Ctx => {
    const now = () => new Date(Date.now() + minutes * MINUTE_MS);
    const clock = { ...world.host.clock, now, iso: () => now().toISOString() };
    return { ...panes.ctx, host: { ...panes.ctx.host, clock } };
  };

  it("is no success, is looked for again, and is delivered once the record is there", async () => {
    const { task } = await world.pair({ worker: worker() });
    await nudge(world.ctx, task.name, "hello");
    expect((await pass(panes.ctx)).processed).toMatchObject([
      { state: "unconfirmed", send_result: { submission: "unconfirmed" }, side_effect_completed: true },
    ]);
    expect(await state()).toMatchObject({
      command: "attempted",
      attempt: "running",
      item: "pending",
      submission: "unconfirmed",
    });
    expect((await pass(panes.ctx)).processed).toEqual([]);
    record("something that a person said");
    expect((await pass(panes.ctx)).processed).toEqual([]);
    record(lastTyped().replaceAll("\r", "\n").trim());
    expect((await pass(panes.ctx)).processed).toMatchObject([
      { state: "delivered", delivery_mode: "push", notification_id: 1, send_result: { text: "hello" } },
    ]);
    expect(await state()).toEqual({
      command: "succeeded",
      attempt: "succeeded",
      item: "delivered",
      submission: "confirmed",
      typed_key: null,
    });
    expect((await pass(panes.ctx)).processed).toEqual([]);
    expect(typed()).toBe(1);
    expect(await world.telemetryTypes()).toEqual(
      expect.arrayContaining(["dispatch_signal_unconfirmed", "dispatch_signal_routed", "dispatch_command_succeeded"]),
    );
  });

  it("ends as unprovable when the rollout has stood still, and is not typed again", async () => {
    const { task } = await world.pair({ worker: worker() });
    await nudge(world.ctx, task.name, "hello");
    await pass(panes.ctx);
    record("something else");
    expect((await pass(later(9))).processed).toEqual([]);
    expect((await pass(later(18))).processed).toEqual([]);
    expect((await pass(later(20))).processed).toMatchObject([
      { state: "failed", error_code: "unprovable", side_effect_started: true, notification_id: 1 },
    ]);
    expect(await state()).toMatchObject({ command: "failed", attempt: "failed", item: "failed", typed_key: null });
    expect((await pass(later(30))).processed).toEqual([]);
    expect(typed()).toBe(1);
  });

  it("is found when the agent's record is written anew, or goes on in another file", async () => {
    const { task, worker: session } = await world.pair({ worker: worker() });
    await nudge(world.ctx, task.name, "hello");
    await pass(panes.ctx);
    writeFileSync(rollout, "");
    expect((await pass(panes.ctx)).processed).toEqual([]);
    rollout = world.rollout();
    record(lastTyped().trim());
    await world.store.fast((tx) =>
      tx.sql.hot("UPDATE sessions SET codex_session_path = ? WHERE id = ?").run(rollout, session.session_id),
    );
    expect((await pass(panes.ctx)).processed).toMatchObject([{ state: "delivered", notification_id: 1 }]);
  });

  it("can never be confirmed by an agent without a record, which it says at once", async () => {
    const { task, worker: session } = await world.pair({ worker: worker() });
    await world.store.fast((tx) =>
      tx.sql.hot("UPDATE sessions SET codex_session_path = NULL WHERE id = ?").run(session.session_id),
    );
    await nudge(world.ctx, task.name, "hello");
    expect((await pass(panes.ctx)).processed).toMatchObject([{ state: "failed", error_code: "unprovable" }]);
    expect(typed()).toBe(1);
    expect((await pass(panes.ctx)).processed).toEqual([]);
  });

  it("begins the iteration that it continues only when it is confirmed", async () => {
    const { task } = await world.pair({ worker: worker() });
    const { run_id } = await loopRun(world, task.id, { required_before_continue: [] });
    await continuation(world, task.id, run_id, 2);
    expect((await pass(panes.ctx)).processed).toMatchObject([{ state: "unconfirmed" }]);
    expect(await world.telemetryEvent("ralph_loop_iteration_advanced")).toBeUndefined();
    record(lastTyped());
    expect((await pass(panes.ctx)).processed).toMatchObject([{ state: "delivered" }]);
    expect(await world.telemetryEvent("ralph_loop_iteration_advanced")).toMatchObject({ run_id });
  });

  it("is treated alike as a report of a finished turn, each told from the other", async () => {
    const { worker: session } = await world.pair({ manager: { tmux_session: "codex", codex_session: rollout } });
    await events(world, session.session_id, turn("t1"));
    expect((await pass(panes.ctx)).processed).toMatchObject([{ state: "unconfirmed" }]);
    const first = lastTyped();
    await events(world, session.session_id, turn("t2"));
    expect((await pass(panes.ctx)).processed).toMatchObject([{ state: "unconfirmed" }]);
    expect(first).not.toBe(lastTyped());
    record(lastTyped());
    expect((await pass(panes.ctx)).processed).toMatchObject([{ state: "delivered", notification_id: 2 }]);
    record(first);
    expect((await pass(panes.ctx)).processed).toMatchObject([{ state: "delivered", notification_id: 1 }]);
    expect(first.trim()).toMatch(/^\[conveyor\]\r/);
  });

  it("is settled by the next pass when one dies with it in hand", async () => {
    const { task } = await world.pair({ worker: worker() });
    await nudge(world.ctx, task.name, "hello");
    await pass(panes.ctx);
    record(lastTyped());
    const input = operations.dispatch.run.input.parse({});
    const all = { action: "run", input, abort_at: "settling", tmux_socket: panes.socket_name } as const;
    expect(await startProcess(world, all).ended).toMatchObject({ signal: "SIGKILL" });
    expect(await state()).toMatchObject({ command: "attempted", item: "pending", submission: "unconfirmed" });
    expect((await pass(panes.ctx)).processed).toMatchObject([{ state: "delivered", notification_id: 1 }]);
    expect(typed()).toBe(1);
  });
});

describe("who cannot be typed to now", () => {
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

  it("because an older message for the same session is on its way gets its own after that one", async () => {
    await panes.composer("codex");
    const { task } = await world.pair({ worker: { tmux_session: "codex" } });
    for (const text of ["first", "second"]) await nudge(world.ctx, task.name, text);
    // Another dispatcher has taken the first and not begun to type it.
    let overtaking: unknown[] = [];
    let nested = false;
    const slow = panes.beforeTyping(async () => {
      if (nested) return;
      nested = true;
      overtaking = (await pass(panes.ctx, { dispatcher_id: "other" })).processed;
    });
    expect((await pass(slow, { limit: 1 })).processed).toMatchObject([{ state: "delivered", notification_id: 1 }]);
    expect(overtaking).toMatchObject([{ state: "requeued", error_code: "pane_busy", side_effect_started: false }]);
    await world.store.fast((tx) => tx.sql.atomic("UPDATE commands SET available_at = NULL").run());
    expect((await pass(panes.ctx)).processed).toMatchObject([{ state: "delivered", notification_id: 2 }]);
    const received = panes.received("codex");
    expect(received.indexOf("first")).toBeLessThan(received.indexOf("second"));
  });

  it("gets what fell back to the inbox typed in its order when the agent is back", async () => {
    const codex_session = world.rollout();
    const { task, worker } = await world.pair({ worker: { tmux_session: "ada", codex_session } });
    for (const text of ["first", "second", "taken"]) await nudge(world.ctx, task.name, text);
    const fallen = { state: "pull_required", fallback_from: "push" };
    expect((await pass(world.ctx)).processed).toMatchObject([fallen, fallen, fallen]);
    await world.store.fast((tx) =>
      tx.sql.atomic("UPDATE routed_notifications SET consumed_at = ?, consumed_seq = 9999 WHERE id = 3").run(tx.now),
    );
    await world.composer("ada");
    await registerWorker(world.ctx, { name: worker.name, codex_session, tmux_session: "ada" });
    expect(await world.auditEvent("session_registered")).toMatchObject({ payload: { pushed_again: 2 } });
    expect((await pass(world.ctx)).processed).toMatchObject([
      { state: "delivered", notification_id: 1 },
      { state: "delivered", notification_id: 2 },
    ]);
    expect((await pass(world.ctx)).processed).toEqual([]);
    const received = world.composers.received("ada");
    expect(received.indexOf("first")).toBeLessThan(received.indexOf("second"));
    expect(received).not.toContain("taken");
    const { items } = await listWorker(world.ctx, operations.inbox.worker.input.parse({ task: task.name }));
    expect(items).toEqual([]);
  });

  it("because its agent has ended keeps the message in its inbox, and no shell gets it", async () => {
    const { pid } = await world.tmux("ada", ["bash", "--norc", "--noprofile"]);
    const { task } = await world.pair({ worker: { tmux_session: "ada", pid, codex_session: world.rollout() } });
    await nudge(world.ctx, task.name, "touch owned");
    expect((await pass(world.ctx)).processed).toMatchObject([{ state: "pull_required", fallback_from: "push" }]);
    expect(await world.telemetryEvent("dispatch_push_fallback")).toMatchObject({
      attributes: { reason: "agent_gone" },
    });
    expect(await world.host.tmux.capture({ session: "ada" }, 10)).not.toContain("owned");
  });
});
