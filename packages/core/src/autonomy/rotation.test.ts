import { operations } from "@conveyor/contracts";
import { fixedClock } from "@conveyor/host";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { handoff } from "../contract/handoff.ts";
import { rowsOf } from "../dispatch/testing/scenes.ts";
import { createWorld, type World } from "../testing/world.ts";
import { appPair, beat, look, rotation } from "./testing/scenes.ts";

describe("a worker that goes on in a fresh thread", () => {
  let world: World;
  const clock = fixedClock("2026-01-01T00:00:00.000Z");
  beforeEach(() => {
    world = createWorld({ clock });
  });
  afterEach(() => world.close());

  const old = { task: "login", old_worker_thread_id: "thr-w" };
  const leave = (summary: string) =>
    handoff(world.ctx, operations.contract.handoff.input.parse({ task: "login", summary, next_step: ["the lexer"] }));
  const sequence = () => rowsOf(world, "SELECT value FROM ledger_sequence");
  const thread = async () =>
    (await rowsOf<{ id: string }>(world, "SELECT codex_app_thread_id AS id FROM sessions WHERE role = 'worker'"))[0]
      ?.id;
  const outcome = (answer: Promise<unknown>) =>
    answer.then(
      () => "done",
      (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
    );

  it("is planned with a handoff, recorded once, and asleep until the new thread shows itself", async () => {
    const { worker } = await appPair(world);
    await beat(world.ctx, { task: "login", role: "worker" });
    const early = await rotation.plan(world.ctx, { ...old, require_handoff: true });
    expect(early).toMatchObject({
      eligible: false,
      blockers: ["missing_worker_handoff"],
      actions: [],
      record_command: null,
    });
    const { id } = await leave("half done");
    const plan = await rotation.plan(world.ctx, { ...old, require_handoff: true, reason: "context is full" });
    expect(plan).toMatchObject({
      eligible: true,
      blockers: [],
      guard: { exact_thread_match: true, require_handoff: true },
      handoff: { id, summary: "half done", next_steps: ["the lexer"] },
      old_worker: { name: "login-worker", codex_app_thread_id: "thr-w" },
    });
    expect(plan.actions.map(({ type, status, thread: own }) => [type, status, own])).toEqual([
      ["create_replacement_worker_thread", "ready_to_create", { id: null, title: "login worker fresh" }],
      ["archive_old_worker_thread", "ready_to_archive", { id: "thr-w", title: null }],
    ]);
    const told = [await world.telemetryEvent("app_worker_rotation_planned")];
    expect(JSON.stringify(told)).not.toMatch(/half done|lexer|CONVEYOR POLL/);
    expect(told[0]).toMatchObject({ id: plan.receipt.event_id, severity: "info", attributes: { handoff_id: id } });
    expect(plan.record_command).toContain(
      `--new-worker-thread-id <new.thread.id> --new-worker-thread-title <new.thread.title> --archive-status 'archived' --plan-receipt '${plan.receipt.event_id}'`,
    );

    const done = { ...old, new_worker_thread_id: "thr-2", archive_status: "archived" };
    const recorded = await rotation.record(world.ctx, { ...done, plan_receipt: plan.receipt.event_id });
    expect(recorded).toMatchObject({
      archive: { old_worker_thread_id: "thr-w", status: "archived" },
      old_worker: { codex_app_thread_id: "thr-w" },
      new_worker: { session_id: worker.session_id, codex_app_thread_id: "thr-2", session_updated: true },
    });
    expect((await world.auditEvent("app_worker_rotation_recorded"))?.payload).toMatchObject({ session_updated: true });
    const status = await look(world.ctx, { task: "login" });
    expect(status.worker).toMatchObject({
      session_id: worker.session_id,
      name: "login-worker",
      codex_app_thread_id: "thr-2",
      lease: { state: "missing", source: null, last_heartbeat_at: null },
    });
    await beat(world.ctx, { task: "login", role: "worker" });
    expect((await look(world.ctx, { task: "login" })).worker.lease.state).toBe("healthy");

    // The handoff was for the thread before.
    const next = await rotation.plan(world.ctx, {
      task: "login",
      old_worker_thread_id: "thr-2",
      require_handoff: true,
    });
    expect(next.blockers).toEqual(["handoff_older_than_last_rotation"]);
    await leave("nearly done");
    const third = await rotation.plan(world.ctx, {
      task: "login",
      old_worker_thread_id: "thr-2",
      require_handoff: true,
    });
    expect(third.eligible).toBe(true);
  });

  it("stays where it is when the rotation was blocked, and keeps its heartbeat", async () => {
    await appPair(world);
    await beat(world.ctx, { task: "login", role: "worker" });
    const blocked = { ...old, new_worker_thread_id: "thr-2", archive_status: "blocked", reason: "the app refused" };
    expect((await rotation.record(world.ctx, blocked)).new_worker.session_updated).toBe(false);
    expect(await world.telemetryEvent("app_worker_rotation_recorded")).toMatchObject({ severity: "warning" });
    expect((await look(world.ctx, { task: "login" })).worker).toMatchObject({
      codex_app_thread_id: "thr-w",
      lease: { state: "healthy" },
    });
  });

  it("is refused whatever does not fit, and nothing is written", async () => {
    await appPair(world);
    await appPair(world, "other");
    await world.worker({ name: "third", codex_app_thread_id: "thr-3" });
    const plan = await rotation.plan(world.ctx, old);
    const blocked = await rotation.plan(world.ctx, { task: "login", old_worker_thread_id: "thr-x" });
    const others = await rotation.plan(world.ctx, { task: "other", old_worker_thread_id: "thr-w" });
    const used = await rotation.plan(world.ctx, old);
    const failed = { ...old, new_worker_thread_id: "thr-2", archive_status: "blocked" };
    const record = await rotation.record(world.ctx, { ...failed, plan_receipt: used.receipt.event_id });
    const before = await sequence();
    const refused = (more: Record<string, unknown>) =>
      outcome(
        rotation.record(world.ctx, { ...old, new_worker_thread_id: "thr-2", archive_status: "archived", ...more }),
      );
    const by = (one: { receipt: { event_id: string } }) => ({ plan_receipt: one.receipt.event_id });
    expect([
      await refused({ old_worker_thread_id: "thr-x" }),
      await refused({ old_worker_thread_id: "thr-m", new_worker_thread_id: "thr-w" }),
      await refused({ new_worker_thread_id: "thr-w" }),
      await refused({ new_worker_thread_id: "thr-m" }),
      await refused({ new_worker_thread_id: "thr-3" }),
      await refused({ plan_receipt: "telemetry-0" }),
      await refused(by(record)),
      await refused(by(others)),
      await refused(by(blocked)),
      await refused({ ...by(plan), old_worker_thread_id: "thr-x" }),
      await refused(by(used)),
      await refused({ task: "nothing" }),
    ]).toEqual([
      "precondition_failed: the rotation is blocked: old_worker_thread_id_mismatch",
      "precondition_failed: the rotation is blocked: old_worker_thread_id_mismatch, manager_worker_thread_not_distinct",
      'invalid_input: the new thread is the old one, "thr-w"',
      'conflict: the thread "thr-m" is that of the manager "login-manager"',
      'conflict: the thread "thr-3" is that of the worker "third"',
      'not_found: there is no rotation plan "telemetry-0"',
      `precondition_failed: ${record.receipt.event_id} is the record of a rotation, not its plan`,
      `precondition_failed: the plan ${others.receipt.event_id} is of task "other", not of "login"`,
      `precondition_failed: the plan ${blocked.receipt.event_id} is for the thread "thr-x", not for "thr-w"`,
      `precondition_failed: the plan ${plan.receipt.event_id} is for the thread "thr-w", not for "thr-x"`,
      `precondition_failed: the plan ${used.receipt.event_id} was followed already, by ${record.receipt.event_id}`,
      'not_found: there is no task "nothing"',
    ]);
    expect(await sequence()).toEqual(before);
    expect(await thread()).toBe("thr-w");
  });

  it("goes on in one thread when two are recorded at once by two processes", async () => {
    await appPair(world);
    const { receipt } = await rotation.plan(world.ctx, { ...old });
    const other = world.otherCtx();
    try {
      const done = { ...old, archive_status: "archived", plan_receipt: receipt.event_id };
      const both = await Promise.all([
        outcome(rotation.record(world.ctx, { ...done, new_worker_thread_id: "thr-2" })),
        outcome(rotation.record(other, { ...done, new_worker_thread_id: "thr-3" })),
      ]);
      expect(both.filter((one) => one === "done")).toHaveLength(1);
      expect(both.find((one) => one !== "done")).toMatch(/^precondition_failed: /);
      expect(await thread()).toBe(both[0] === "done" ? "thr-2" : "thr-3");
    } finally {
      await other.store.close();
    }
  });
});
