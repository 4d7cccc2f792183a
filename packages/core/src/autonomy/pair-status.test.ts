import { fixedClock } from "@conveyor/host";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { unbind } from "../bindings/unbind.ts";
import { rowsOf } from "../dispatch/testing/scenes.ts";
import { createWorld, type World } from "../testing/world.ts";
import { pairStatusOf } from "./pair-status.ts";
import { roleAs as role, pairAs as snapshot } from "./testing/pair-as.ts";
import { appPair, beat, close, dispatcher, look, plan, prepare } from "./testing/scenes.ts";

const program = { program: "conveyor", ledger_path: "/repo/db" };
describe("the status of a pair", () => {
  it("is well when dispatcher, manager and worker are healthy", () => {
    expect(pairStatusOf(program, snapshot())).toMatchObject({ ok: true, next_actions: [] });
  });

  it.each([
    [{ dispatch: "missing" }, ["start_dispatch"]],
    [{ dispatch: "stale", worker: "stale" }, ["start_dispatch", "wake_worker"]],
    [{ manager: "missing" }, ["wake_manager"]],
    [{ worker: "stale", manager: "stale" }, ["wake_manager", "wake_worker"]],
    [{ dispatch: "stale", worker: "missing", manager: "stale" }, ["start_dispatch", "wake_manager", "wake_worker"]],
  ] as const)("with %j asks for %j, in this order", (states, kinds) => {
    const status = pairStatusOf(program, snapshot(states));
    expect(status.ok).toBe(false);
    expect(status.next_actions.map(({ kind }) => kind)).toEqual(kinds);
  });

  it("says what to run, and why", () => {
    const status = pairStatusOf(program, snapshot({ dispatch: "stale", worker: "stale" }));
    expect(status.next_actions).toEqual([
      {
        kind: "start_dispatch",
        reason: "dispatcher d1: lease stale, stopped, or not heard of for more than 180 s",
        reason_code: "lease_stale",
        prompt: "Run conveyor dispatch --watch --dispatcher-id 'd1' --path '/repo/db'",
      },
      {
        kind: "wake_worker",
        role: "worker",
        reason: "worker ada: lease stale, not heard of for more than 180 s",
        reason_code: "lease_stale",
        prompt: status.worker.poll_command,
      },
    ]);
  });

  it("gives each role its commands", () => {
    const { manager, worker } = pairStatusOf(program, snapshot());
    expect(manager).toMatchObject({
      poll_command: "conveyor app-heartbeat 'login' --role 'manager' --path '/repo/db' --json",
      direct_inbox_command:
        "conveyor manager-inbox 'login' --consume-next --wait --timeout 60 --path '/repo/db' --json",
    });
    expect(worker.poll_command).toContain("--role 'worker'");
    expect(worker.direct_inbox_command).toContain("worker-inbox");
  });

  it.each([
    [{ tmux_session: "pane" }, "tmux", "push"],
    [{}, "codex_app", "pull"],
    [{ codex_app_thread_id: null }, "no_tmux", "pull"],
  ] as const)("of a session with %j is kind %s and style %s", (session, session_kind, receive_style) => {
    const own = { ...snapshot(), worker: role("ada", "healthy", session) };
    expect(pairStatusOf(program, own).worker).toMatchObject({ session_kind, receive_style });
  });

  it("recommends nothing once the pair is closed", () => {
    const status = pairStatusOf(program, { ...snapshot({ worker: "stale" }), is_closed: true });
    expect(status).toMatchObject({ ok: false, next_actions: [] });
  });
});

describe("a pair in the ledger", () => {
  let world: World;
  const clock = fixedClock("2026-01-01T00:00:00.000Z");
  beforeEach(() => {
    world = createWorld({ clock });
  });
  afterEach(() => world.close());

  const states = async (input: Record<string, unknown> = {}) => {
    const { dispatch, manager, worker } = await look(world.ctx, { task: "login", ...input });
    return [dispatch.state, manager.lease.state, worker.lease.state];
  };

  it("is not healthy because somebody registered it: its threads have not answered yet", async () => {
    await appPair(world);
    await dispatcher(world, "d1");
    const status = await look(world.ctx, { task: "login" });
    expect(status).toMatchObject({
      ok: false,
      worker: { lease: { state: "missing", source: "registration", age_seconds: 0, last_heartbeat_at: clock.iso() } },
    });
    expect(status.next_actions.map(({ reason }) => reason)).toEqual([
      "manager login-manager: lease missing, registered but not heard of since",
      "worker login-worker: lease missing, registered but not heard of since",
    ]);
  });

  it("is healthy up to the age that was asked for, and no longer", async () => {
    await appPair(world);
    for (const one of ["manager", "worker"]) await beat(world.ctx, { task: "login", role: one });
    await clock.advance(180_999);
    await dispatcher(world, "d1");
    expect(await states()).toEqual(["healthy", "healthy", "healthy"]);
    await clock.advance(1);
    expect(await states()).toEqual(["healthy", "stale", "stale"]);
    expect(await states({ stale_after: 300 })).toEqual(["healthy", "healthy", "healthy"]);
    const { worker, dispatch } = await look(world.ctx, { task: "login", stale_after: 0 });
    expect([worker.lease.stale_after_seconds, dispatch.stale_after_seconds]).toEqual([0, 0]);
    expect(dispatch).toMatchObject({ state: "healthy", age_seconds: 0 });
  });

  it("counts what the role took from its inbox as a sign of life, not what was ingested", async () => {
    const { worker } = await appPair(world);
    await world.store.write((tx) =>
      tx.db.sessions.update({
        where: { id: worker.session_id },
        data: { last_heartbeat_at: tx.now, last_heartbeat_source: "ingest" },
      }),
    );
    expect((await look(world.ctx, { task: "login" })).worker.lease.state).toBe("missing");
    await world.store.write((tx) =>
      tx.db.role_heartbeats.create({
        data: { seq: tx.seq(), session_id: worker.session_id, role: "worker", source: "inbox", recorded_at: tx.now },
      }),
    );
    expect((await look(world.ctx, { task: "login" })).worker.lease).toMatchObject({
      state: "healthy",
      source: "inbox",
    });
  });

  it("takes any live dispatcher of the ledger and names it, the one heard of last", async () => {
    await appPair(world);
    await dispatcher(world, "night");
    await dispatcher(world, "day");
    expect((await look(world.ctx, { task: "login" })).dispatch).toMatchObject({
      dispatcher_id: "day",
      state: "healthy",
    });
    expect((await look(world.ctx, { task: "login", dispatcher_id: "night" })).dispatch).toMatchObject({
      dispatcher_id: "night",
      state: "healthy",
    });
    expect((await look(world.ctx, { task: "login", dispatcher_id: "noon" })).dispatch).toEqual({
      dispatcher_id: "noon",
      state: "missing",
      last_heartbeat_at: null,
      age_seconds: null,
      stale_after_seconds: 180,
    });
  });

  it.each([
    ["only tries", { dry_run: true }],
    ["said that it stopped", { stopped: true }],
    ["has no process any more", { pid: 2 ** 22 + 1 }],
  ])("shows a dispatcher that %s as stale, and passes it over for another", async (_what, of) => {
    await appPair(world);
    await dispatcher(world, "dispatch-local", of);
    expect((await look(world.ctx, { task: "login" })).dispatch).toMatchObject({
      dispatcher_id: "dispatch-local",
      state: "stale",
      last_heartbeat_at: clock.iso(),
    });
    await dispatcher(world, "other");
    await dispatcher(world, "dispatch-local", of);
    expect((await look(world.ctx, { task: "login" })).dispatch).toMatchObject({
      dispatcher_id: "other",
      state: "healthy",
    });
    expect((await look(world.ctx, { task: "login", dispatcher_id: "dispatch-local" })).dispatch.state).toBe("stale");
  });

  it("trusts the heartbeat of a dispatcher on another machine", async () => {
    await appPair(world);
    await dispatcher(world, "far", { host: "elsewhere", pid: 2 ** 22 + 1 });
    expect(await states()).toEqual(["healthy", "missing", "missing"]);
    await clock.advance(181_000);
    expect((await look(world.ctx, { task: "login" })).dispatch).toMatchObject({ dispatcher_id: "far", state: "stale" });
  });

  it("is found by the task's id as well, and looking at it writes nothing", async () => {
    const { task } = await appPair(world);
    const before = await rowsOf(world, "SELECT value FROM ledger_sequence");
    expect((await look(world.ctx, { task: task.id })).task).toEqual({ id: task.id, name: "login" });
    await plan(world.ctx, { task: task.id });
    expect(await rowsOf(world, "SELECT value FROM ledger_sequence")).toEqual(before);
  });

  it.each([
    ["look", look],
    ["plan", plan],
    ["prepare", prepare],
  ] as const)("cannot be used for an unknown, unbound or closed task (%s)", async (_name, command) => {
    await world.task({ name: "loose" });
    const { task } = await appPair(world, "over");
    await close(world, task.id);
    await appPair(world, "split");
    await unbind(world.ctx, { task: "split" });
    await expect(command(world.ctx, { task: "nothing" })).rejects.toMatchObject({ code: "not_found" });
    for (const name of ["loose", "split"]) {
      await expect(command(world.ctx, { task: name })).rejects.toMatchObject({
        code: "no_active_binding",
        hint: expect.stringContaining(`conveyor bind --task '${name}'`),
      });
    }
    await expect(command(world.ctx, { task: "over" })).rejects.toMatchObject({ code: "terminal_state" });
    expect(await rowsOf(world, "SELECT 1 FROM wake_dispatches")).toEqual([]);
  });

  it("goes on while its binding is ending", async () => {
    const { task } = await appPair(world);
    await world.store.write((tx) =>
      tx.db.bindings.updateMany({ where: { task_id: task.id }, data: { state: "ending" } }),
    );
    expect((await beat(world.ctx, { task: "login", role: "worker" })).loop_closed).toBe(false);
  });
});
