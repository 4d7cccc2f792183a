import { operations } from "@conveyor/contracts";
import { fixedClock } from "@conveyor/host";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { unbind } from "../bindings/unbind.ts";
import { nudge, pass, rowsOf } from "../dispatch/testing/scenes.ts";
import { takeWorker } from "../inbox/take.ts";
import { createWorld, type World } from "../testing/world.ts";
import { appPair, beat, close, dispatcher } from "./testing/scenes.ts";

describe("a heartbeat", () => {
  let world: World;
  const clock = fixedClock("2026-01-01T00:00:00.000Z");
  beforeEach(() => {
    world = createWorld({ clock });
  });
  afterEach(() => world.close());

  const heartbeats = () =>
    rowsOf(
      world,
      "SELECT session_id, role, source, task_id, binding_id, event_id, recorded_at FROM role_heartbeats ORDER BY seq",
    );

  it("is one row, the session's last sign of life and one event, all under the same id and time", async () => {
    const { task, worker, binding_id } = await appPair(world);
    await clock.advance(1_000);
    const answer = await beat(world.ctx, { task: task.id, role: "worker" });
    const event = await world.telemetryEvent("app_heartbeat");
    expect(event).toMatchObject({
      actor: "worker",
      severity: "info",
      task_id: task.id,
      timestamp: clock.iso(),
      correlation: { command: "app-heartbeat" },
      attributes: {
        direct_inbox_command: answer.next?.direct_inbox_command,
        role: "worker",
        session_id: worker.session_id,
        task: "login",
      },
    });
    expect(await heartbeats()).toEqual([
      {
        session_id: worker.session_id,
        role: "worker",
        source: "app_heartbeat",
        task_id: task.id,
        binding_id,
        event_id: event?.id,
        recorded_at: clock.iso(),
      },
    ]);
    const session = await world.store.read((tx) => tx.db.sessions.findUnique({ where: { id: worker.session_id } }));
    expect(session).toMatchObject({ last_heartbeat_at: clock.iso(), last_heartbeat_source: "app_heartbeat" });
    await beat(world.ctx, { task: task.id, role: "worker" });
    expect(await heartbeats()).toHaveLength(2);
  });

  it("answers with the pair as it stands at that instant, and with what to run next", async () => {
    const { task } = await appPair(world);
    await dispatcher(world, "night");
    const answer = await beat(world.ctx, { task: "login", role: "manager", dispatcher_id: "night" });
    expect(answer).toMatchObject({
      task: { id: task.id, name: "login" },
      role: "manager",
      heartbeat: { state: "recorded", recorded_at: clock.iso() },
      inbox: { pending_count: 0, oldest_age_seconds: null },
      loop_closed: false,
      teardown: null,
      status: {
        ok: false,
        dispatch: { dispatcher_id: "night", state: "healthy" },
        manager: {
          lease: { state: "healthy", source: "app_heartbeat", age_seconds: 0, last_heartbeat_at: clock.iso() },
        },
        worker: { lease: { state: "missing" } },
      },
    });
    expect(answer.next).toEqual({
      direct_inbox_command: answer.status.manager.direct_inbox_command,
      poll_command: answer.status.manager.poll_command,
    });
    expect(answer.next?.poll_command).toContain("--dispatcher-id 'night'");
    expect(operations.autonomy.heartbeat.output.parse(answer)).toEqual(answer);
  });

  it("says how much waits and since when, and takes nothing", async () => {
    await appPair(world);
    await nudge(world.ctx, "login", "secret words");
    await pass(world.ctx);
    await clock.advance(2_500);
    await nudge(world.ctx, "login", "more");
    await pass(world.ctx);
    await clock.advance(3_000);
    const { inbox, ...rest } = await beat(world.ctx, { task: "login", role: "worker" });
    expect(inbox).toEqual({ pending_count: 2, oldest_age_seconds: 5 });
    expect(JSON.stringify(rest)).not.toContain("secret words");
    expect((await beat(world.ctx, { task: "login", role: "manager" })).inbox.pending_count).toBe(0);
    const taken = await takeWorker(world.ctx, operations.inbox.takeWorker.input.parse({ task: "login" }));
    expect(taken.consumed?.payload["message"]).toBe("secret words");
    expect((await beat(world.ctx, { task: "login", role: "worker" })).inbox).toEqual({
      pending_count: 1,
      oldest_age_seconds: 3,
    });
  });

  it.each([
    ["an unknown task", { task: "nothing" }, "not_found"],
    ["a task without binding", { task: "loose" }, "no_active_binding"],
    ["an unbound task", { task: "split" }, "no_active_binding"],
    ["a closed task that never had a binding", { task: "dropped" }, "terminal_state"],
    ["a role whose session is gone", { task: "left" }, "precondition_failed"],
  ])("of %s is refused and writes nothing", async (_what, input, code) => {
    await world.task({ name: "loose" });
    await close(world, (await world.task({ name: "dropped" })).id);
    await appPair(world, "split");
    await unbind(world.ctx, { task: "split" });
    const { worker } = await appPair(world, "left");
    await world.store.write((tx) =>
      tx.db.sessions.update({ where: { id: worker.session_id }, data: { state: "gone" } }),
    );
    const before = await rowsOf(world, "SELECT value FROM ledger_sequence");
    await expect(beat(world.ctx, { role: "worker", ...input })).rejects.toMatchObject({ code });
    expect(await rowsOf(world, "SELECT value FROM ledger_sequence")).toEqual(before);
  });

  it.each(["all", "operator", undefined])("of the role %s is no valid input", (role) => {
    expect(operations.autonomy.heartbeat.input.safeParse({ task: "login", role }).success).toBe(false);
  });

  it.each([
    ["done", "manager", "end the heartbeats of both threads"],
    ["failed", "worker", "the manager or the operator ends it"],
  ] as const)(
    "after the task is %s tells the %s that the pair is closed and who ends it",
    async (state, role, advice) => {
      const { task } = await appPair(world);
      await close(world, task.id, state);
      const answer = await beat(world.ctx, { task: "login", role });
      expect(answer).toMatchObject({
        loop_closed: true,
        next: null,
        heartbeat: { state: "recorded" },
        teardown: {
          owner: "manager_or_operator",
          task_state: state,
          advice: expect.stringContaining(advice),
          leftovers_command: null,
        },
        status: { ok: false, next_actions: [] },
      });
      expect(await heartbeats()).toHaveLength(1);
      expect(operations.autonomy.heartbeat.output.parse(answer)).toEqual(answer);
    },
  );

  it("after the task was closed and its session ended records nothing, and names what was never read", async () => {
    const { task, worker } = await appPair(world);
    await nudge(world.ctx, "login", "too late");
    await pass(world.ctx);
    await close(world, task.id);
    await world.store.write((tx) =>
      tx.db.sessions.update({ where: { id: worker.session_id }, data: { state: "gone" } }),
    );
    const answer = await beat(world.ctx, { task: "login", role: "worker" });
    expect(answer).toMatchObject({
      loop_closed: true,
      heartbeat: { state: "not_recorded", recorded_at: null },
      inbox: { pending_count: 1 },
    });
    expect(answer.teardown?.leftovers_command).toContain("session-inbox 'login-worker' --consume-next");
    expect(await heartbeats()).toEqual([]);
    expect(await world.telemetryTypes()).not.toContain("app_heartbeat");
  });
});
