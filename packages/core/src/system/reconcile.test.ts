import { spawn } from "node:child_process";
import { hostname } from "node:os";
import { fixedClock } from "@conveyor/host";
import { canonicalJson } from "@conveyor/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bind } from "../bindings/bind.ts";
import { registerWorker } from "../sessions/register.ts";
import { createWorld, type World } from "../testing/world.ts";
import { applyReconcile, reconcile } from "./reconcile.ts";

let world: World;
const spawned: { kill(): void }[] = [];
beforeEach(() => {
  world = createWorld();
});
afterEach(async () => {
  for (const child of spawned.splice(0)) child.kill();
  await world.close();
});

const LATER = { stale_cycles_seconds: 3600 };

async function process(): Promise<{ pid: number; end(): Promise<void> }> {
  const child = spawn("sleep", ["600"], { stdio: "ignore" });
  spawned.push({ kill: () => child.kill("SIGKILL") });
  await new Promise((resolve) => child.once("spawn", resolve));
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return {
    pid: child.pid as number,
    end: () => {
      child.kill("SIGKILL");
      return ended;
    },
  };
}

function withPid(name: string, pid: number) {
  return registerWorker(world.ctx, { name, pid, codex_session: world.rollout() });
}

const names = (rows: readonly { name: string }[]) => rows.map(({ name }) => name);

describe("reconcile", () => {
  it("finds nothing where ledger and machine agree", async () => {
    await world.tmux("w");
    const { pid } = await process();
    await withPid("by-pid", pid);
    await world.pair({ worker: { tmux_session: "w" } });
    const drift = await reconcile(world.ctx, LATER);
    const { schema_health, ...lists } = drift;
    expect(schema_health.ok).toBe(true);
    for (const [name, list] of Object.entries(lists)) expect(list, name).toEqual([]);
  });

  it("marks dead sessions gone and then their bindings invalid, once, and pauses the task", async () => {
    await world.tmux("w-dead");
    await world.tmux("other");
    const { task, worker, binding_id } = await world.pair({ worker: { tmux_session: "w-dead" } });
    await world.host.tmux.kill("w-dead");
    const seen = await reconcile(world.ctx, LATER);
    expect(seen.dead_pid_sessions).toMatchObject([{ name: worker.name, role: "worker", tmux_missing: true }]);
    expect(seen.dangling_bindings).toEqual([]);
    expect(seen).not.toHaveProperty("applied");

    const done = await applyReconcile(world.ctx, LATER);
    expect(done.dead_pid_sessions).toMatchObject([{ name: worker.name }]);
    expect(done.dangling_bindings).toMatchObject([{ binding_id, gone_role: "worker", gone_session_name: worker.name }]);
    expect(done.applied).toEqual({
      sessions_marked_gone: [worker.name],
      bindings_marked_invalid: [binding_id],
      closings_undone: [],
      starts_settled: [],
    });
    const [row, binding] = await world.store.read(async (tx) => [
      await tx.db.tasks.findUnique({ where: { id: task.id } }),
      await tx.db.bindings.findUnique({ where: { id: binding_id } }),
    ]);
    expect([row?.state, binding?.state]).toEqual(["paused", "invalid"]);
    expect(await world.auditEvent("binding_marked_invalid_by_reconcile")).toMatchObject({ task_id: task.id });

    const again = await applyReconcile(world.ctx, LATER);
    expect(again.applied).toEqual({
      sessions_marked_gone: [],
      bindings_marked_invalid: [],
      closings_undone: [],
      starts_settled: [],
    });
  });

  it("marks a binding with two dead sides invalid once and tells both", async () => {
    await world.tmux("a");
    await world.tmux("b");
    await world.pair({ worker: { tmux_session: "a" }, manager: { tmux_session: "b" } });
    for (const name of ["a", "b"]) await world.host.tmux.kill(name);
    const { dangling_bindings, applied } = await applyReconcile(world.ctx, LATER);
    expect(dangling_bindings.map(({ gone_role }) => gone_role)).toEqual(["worker", "manager"]);
    expect(applied?.bindings_marked_invalid).toHaveLength(1);
  });

  it("tells a process that got the pid of another from the one that was registered", async () => {
    const { pid, end } = await process();
    await withPid("reused", pid);
    await world.store.write((tx) =>
      tx.db.sessions.update({ where: { name: "reused" }, data: { pid_started_at: "2020-01-01T00:00:00.000Z" } }),
    );
    const dead = await reconcile(world.ctx, LATER);
    expect(dead.dead_pid_sessions).toMatchObject([{ name: "reused", pid, tmux_missing: false }]);
    await end();
  });

  it("finds the dead process, and leaves a session alone that is registered again before it is marked", async () => {
    const { pid, end } = await process();
    await withPid("ada", pid);
    await end();
    expect(names((await reconcile(world.ctx, LATER)).dead_pid_sessions)).toEqual(["ada"]);
    const fresh = await process();
    const [drift] = await Promise.all([applyReconcile(world.ctx, LATER), withPid("ada", fresh.pid)]);
    const row = await world.store.read((tx) => tx.db.sessions.findUniqueOrThrow({ where: { name: "ada" } }));
    // Whichever came first: a session that answers to the new pid is never marked for the old one.
    if (row.state === "gone") expect(row.pid).toBe(pid);
    else expect(row.pid).toBe(fresh.pid);
    expect(drift.applied).toBeDefined();
  });

  it("never marks sessions that are known by their heartbeat, and tells which gave none lately", async () => {
    const clock = fixedClock("2026-05-01T00:00:00.000Z");
    const quiet = createWorld({ clock });
    try {
      const { worker, binding_id } = await quiet.pair({ task: "app" });
      await clock.advance(3 * 3600 * 1000);
      const drift = await applyReconcile(quiet.ctx, LATER);
      expect(drift.applied?.sessions_marked_gone).toEqual([]);
      expect(names(drift.stale_heartbeat_sessions)).toContain(worker.name);
      expect(drift.uncycled_tasks).toMatchObject([{ task_name: "app", binding_id, age_seconds: 10_800 }]);
      await quiet.store.write(async (tx) => {
        const row = { task_id: (await tx.db.tasks.findFirstOrThrow()).id, state: "succeeded", status_json: "{}" };
        const times = { started_at: tx.now, completed_at: tx.now, seq: tx.seq(), completed_seq: tx.seq() };
        await tx.db.manager_cycles.create({ data: { ...row, ...times } });
      });
      await clock.advance(90_500);
      const later = await reconcile(quiet.ctx, { stale_cycles_seconds: 90.25 });
      expect(later.uncycled_tasks).toEqual([]);
      expect(later.stuck_tasks).toMatchObject([{ task_name: "app", binding_id, age_seconds: 90.5 }]);
      expect((await reconcile(quiet.ctx, { stale_cycles_seconds: 90.5 })).stuck_tasks).toEqual([]);
    } finally {
      await quiet.close();
    }
  });

  it("undoes a closing that died in the middle, and leaves one that may still run", async () => {
    const clock = fixedClock("2026-05-01T00:00:00.000Z");
    const broken = createWorld({ clock });
    try {
      const { task, binding_id } = await broken.pair();
      await broken.store.write(async (tx) => {
        await tx.db.bindings.update({ where: { id: binding_id }, data: { state: "ending" } });
        const seqs = { seq: tx.seq(), updated_seq: tx.seq(), created_at: tx.now, updated_at: tx.now };
        const row = { id: "command-1", idempotency_key: "k", task_id: task.id, type: "stop_task", state: "attempted" };
        await tx.db.commands.create({ data: { ...row, ...seqs, payload_json: "{}" } });
      });
      expect((await applyReconcile(broken.ctx, LATER)).interrupted_closings).toEqual([]);
      await clock.advance(400_000);
      const { interrupted_closings, applied } = await applyReconcile(broken.ctx, LATER);
      expect(interrupted_closings).toMatchObject([{ binding_id, command_id: "command-1", age_seconds: 400 }]);
      expect(applied?.closings_undone).toEqual([binding_id]);
      const [binding, command] = await broken.store.read(async (tx) => [
        await tx.db.bindings.findUniqueOrThrow({ where: { id: binding_id } }),
        await tx.db.commands.findUniqueOrThrow({ where: { id: "command-1" } }),
      ]);
      expect([binding.state, command.state]).toEqual(["active", "failed"]);
      expect(await broken.auditEvent("stop_task_failed")).toMatchObject({ payload: { failure_stage: "interrupted" } });
    } finally {
      await broken.close();
    }
  });

  describe("of a start that broke off", () => {
    /** The command as a start leaves it whose process is killed; by default one that cannot live any more. */
    const broken = async (
      payload: object,
      starter: object = { starter_host_id: world.host.host_id, starter_pid: 2 ** 22 + 1 },
    ) => {
      const id = world.host.ids.next("command");
      await world.store.write(async (tx) => {
        const seqs = { seq: tx.seq(), updated_seq: tx.seq(), created_at: tx.now, updated_at: tx.now };
        const row = { id, idempotency_key: id, type: "start_session", state: "attempted" };
        const payload_json = canonicalJson({ via: "start-worker", timeout_seconds: 60, ...payload, ...starter });
        await tx.db.commands.create({ data: { ...row, ...seqs, payload_json } });
      });
      return id;
    };
    const ada = { name: "ada", role: "worker", tmux_session: "codex-ada" };
    const stateOf = (id: string) =>
      world.store.read((tx) =>
        tx.db.commands.findUniqueOrThrow({ where: { id }, select: { state: true, error: true } }),
      );

    it("tells how to keep or to end the terminal that nobody knows of, and records the start as failed", async () => {
      const { pid } = await world.tmux("codex-ada");
      const id = await broken(ada);
      const seen = await reconcile(world.ctx, LATER);
      expect(seen.interrupted_starts).toMatchObject([
        {
          command_id: id,
          ...ada,
          via: "start-worker",
          terminal: "running",
          pid,
          registered: false,
          attach_command: "tmux attach -t '=codex-ada'",
          register_command: expect.stringContaining(
            `register-worker --name 'ada' --pid ${pid} --tmux-session 'codex-ada'`,
          ),
          kill_command: "tmux kill-session -t '=codex-ada'",
        },
      ]);
      const { applied, interrupted_starts } = await applyReconcile(world.ctx, LATER);
      expect(interrupted_starts).toHaveLength(1);
      expect(applied?.starts_settled).toEqual([id]);
      expect(await stateOf(id)).toMatchObject({
        state: "failed",
        error: expect.stringContaining("died in the middle"),
      });
      expect(await world.host.tmux.sessionExists("codex-ada")).toBe(true);
      expect(await world.auditEvent("start_settled_by_reconcile")).toMatchObject({ command_id: id, payload: { pid } });
      expect(await applyReconcile(world.ctx, LATER)).toMatchObject({
        interrupted_starts: [],
        applied: { starts_settled: [] },
      });
    });

    it("says when it left nothing, and when somebody registered its terminal since", async () => {
      await world.tmux("codex-eve");
      await world.worker({ name: "eve", tmux_session: "codex-eve" });
      await broken(ada);
      await broken({ ...ada, name: "eve", tmux_session: "codex-eve" });
      const { interrupted_starts } = await reconcile(world.ctx, LATER);
      expect(interrupted_starts).toMatchObject([
        { name: "ada", terminal: "gone", registered: false, register_command: null, kill_command: null },
        { name: "eve", terminal: "running", registered: true, register_command: null, kill_command: null },
      ]);
    });

    it("leaves one alone whose process lives, or may live on another machine, until its time is long over", async () => {
      await broken(ada, { starter_host_id: world.host.host_id, starter_pid: globalThis.process.pid });
      const elsewhere = await broken(ada, {
        starter_host_id: "elsewhere",
        starter_host: hostname(),
        starter_pid: 2 ** 22 + 1,
      });
      const unknown = await broken(ada, {});
      expect((await reconcile(world.ctx, LATER)).interrupted_starts).toEqual([]);
      const ids = { in: [elsewhere, unknown] };
      const created_at = new Date(Date.now() - 361_000).toISOString();
      await world.store.write((tx) => tx.db.commands.updateMany({ where: { id: ids }, data: { created_at } }));
      const { interrupted_starts } = await reconcile(world.ctx, LATER);
      expect(interrupted_starts.map(({ command_id }) => command_id)).toEqual([elsewhere, unknown]);
    });
  });

  it("frees a dangling task for another worker", async () => {
    await world.tmux("w-lost");
    const { task, manager } = await world.pair({ worker: { tmux_session: "w-lost" } });
    await world.host.tmux.kill("w-lost");
    await applyReconcile(world.ctx, LATER);
    const other = await world.worker();
    await expect(
      bind(world.ctx, { task: task.name, worker: other.name, manager: manager.name }),
    ).resolves.toMatchObject({
      task: task.name,
    });
  });
});
