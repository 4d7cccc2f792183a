import { fixedClock } from "@conveyor/host";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nudge, pass, rowsOf } from "../dispatch/testing/scenes.ts";
import { createWorld, type World } from "../testing/world.ts";
import { appPair, beat, close, smoke } from "./testing/scenes.ts";

describe("the smoke run of a pair", () => {
  let world: World;
  const clock = fixedClock("2026-01-01T00:00:00.000Z");
  beforeEach(() => {
    world = createWorld({ clock });
  });
  afterEach(() => world.close());

  const of = { task: "login" };
  const sequence = () => rowsOf(world, "SELECT value FROM ledger_sequence");
  const outcome = (answer: Promise<unknown>) =>
    answer.then(
      () => "done",
      (error: { code: string; message: string; hint: string; details: unknown }) => {
        shown.push(JSON.stringify([error.message, error.hint, error.details]));
        return `${error.code}: ${error.message}`;
      },
    );
  const shown: string[] = [];
  /** Everything that a role has to record, and both roles heard of. */
  const go = async (task: string, { id, nonce }: { id: string; nonce: string }) => {
    const say = (role: string, status: string, more: object = {}) =>
      smoke.record(world.ctx, { task, smoke_id: id, nonce, role, status, ...more });
    await say("worker", "sent", { thread_id: "thr-w" });
    await beat(world.ctx, { task, role: "worker" });
    await say("worker", "received");
    await say("worker", "accepted", { payload: { summary: "here" } });
    await say("manager", "sent", { thread_id: "thr-m" });
    await beat(world.ctx, { task, role: "manager" });
  };

  it("passes once both threads were sent to and have shown themselves, and the worker has accepted", async () => {
    await appPair(world);
    const begun = await smoke.start(world.ctx, of);
    expect(begun.status).toMatchObject({ ok: false, real_work_allowed: false, smoke: { nonce: null } });
    await clock.advance(1_000);
    await go("login", begun.smoke);
    expect(await smoke.status(world.ctx, of)).toMatchObject({
      ok: true,
      real_work_allowed: true,
      blockers: [],
      smoke: { id: begun.smoke.id, nonce: null, mode: "required", scope: "pair", worker_count: 1 },
      roles: { worker: { sent: true, received: true, accepted: true, blocked: false, heartbeat_fresh: true } },
    });
    await clock.advance(200_000);
    expect((await smoke.status(world.ctx, of)).blocker_codes.map(({ code }) => code)).toEqual([
      "heartbeat_not_fresh",
      "heartbeat_not_fresh",
    ]);
    // A later one begins anew.
    await smoke.start(world.ctx, { ...of, mode: "advisory" });
    expect(await smoke.status(world.ctx, of)).toMatchObject({ ok: false, real_work_allowed: true });
    expect((await smoke.status(world.ctx, { ...of, smoke_id: begun.smoke.id, stale_after: 300 })).ok).toBe(true);
  });

  it("never shows its nonce but in the answer that makes it", async () => {
    await appPair(world);
    const { smoke: run, receipt } = await smoke.start(world.ctx, of);
    await go("login", run);
    await smoke.start(world.ctx, { ...of, mode: "skip" });
    expect(receipt.event_type).toBe("app_smoke_started");
    const told = await rowsOf(world, "SELECT * FROM telemetry_events");
    const audit = await rowsOf(world, "SELECT * FROM events");
    expect(JSON.stringify([told, audit])).toContain("nonce_sha256");
    expect(JSON.stringify([told, audit])).not.toContain(run.nonce);
    expect(JSON.stringify(await smoke.status(world.ctx, { ...of, smoke_id: run.id }))).not.toContain(run.nonce);
    expect(await world.telemetryEvent("app_smoke_skipped")).toMatchObject({ severity: "warning" });
    expect(await world.telemetryEvent("app_smoke_receipt_recorded")).toMatchObject({
      actor: "manager",
      attributes: { role: "manager", status: "sent", payload_keys: [] },
    });
  });

  it("takes no mark that does not fit, writes nothing then, and does not help to guess", async () => {
    await appPair(world);
    await appPair(world, "other");
    const first = (await smoke.start(world.ctx, of)).smoke;
    const { smoke: run } = await smoke.start(world.ctx, of);
    const others = (await smoke.start(world.ctx, { task: "other" })).smoke;
    await nudge(world.ctx, "login", "run the tests");
    await pass(world.ctx);
    const [item] = await rowsOf<{ id: number }>(world, "SELECT id FROM routed_notifications");
    const before = await sequence();
    const right = { ...of, smoke_id: run.id, nonce: run.nonce, role: "worker", status: "received" };
    const refused = (more: Record<string, unknown>) => outcome(smoke.record(world.ctx, { ...right, ...more }));
    shown.length = 0;
    expect([
      await refused({ nonce: "nonce-guessed" }),
      await refused({ nonce: first.nonce }),
      await refused({ nonce: `${run.nonce} ` }),
      await refused({ smoke_id: others.id, nonce: others.nonce }),
      await refused({ smoke_id: "smoke-0" }),
      await refused({ status: "sent" }),
      await refused({ status: "sent", thread_id: "thr-m" }),
      await refused({ thread_id: "thr-x" }),
      await refused({ notification_id: 999 }),
      await refused({ role: "manager", notification_id: item?.id }),
      await outcome(smoke.start(world.ctx, { ...of, nonce: others.nonce })),
      await outcome(smoke.start(world.ctx, { ...of, smoke_id: run.id })),
    ]).toEqual([
      `precondition_failed: this is not the nonce of the smoke run "${run.id}"`,
      `precondition_failed: this is not the nonce of the smoke run "${run.id}"`,
      `precondition_failed: this is not the nonce of the smoke run "${run.id}"`,
      `not_found: task "login" has no smoke run "${others.id}"`,
      'not_found: task "login" has no smoke run "smoke-0"',
      "invalid_input: a smoke prompt that was sent needs the thread it was sent to",
      'precondition_failed: the worker "login-worker" is in the thread "thr-w", not in "thr-m"',
      'precondition_failed: the worker "login-worker" is in the thread "thr-w", not in "thr-x"',
      'not_found: task "login" has no notification 999',
      `precondition_failed: notification ${item?.id} was not sent to the manager login-manager`,
      "conflict: this nonce was used before",
      `conflict: a smoke run "${run.id}" exists already`,
    ]);
    for (const { nonce } of [first, run, others]) expect(shown.join("\n")).not.toContain(nonce);
    expect(await sequence()).toEqual(before);
    await smoke.record(world.ctx, { ...right, notification_id: item?.id, correlation_id: "slice" });
    expect((await smoke.status(world.ctx, of)).roles.worker.received).toBe(true);
  });

  it("looks before it starts at what it needs, and writes nothing for that", async () => {
    await world.task({ name: "bare" });
    await appPair(world);
    const before = await sequence();
    const ready = await smoke.preflight(world.ctx, of);
    expect(ready.checks.map(({ name, ok }) => [name, ok])).toEqual([
      ["ledger_writable", true],
      ["package_cli_available", expect.any(Boolean)],
      ["active_binding", true],
      ["manager_thread_metadata", true],
      ["worker_thread_metadata", true],
      ["codex_app_thread_tools", false],
    ]);
    expect(ready.blocker_codes).not.toContain("codex_app_thread_tools");
    const bare = await smoke.preflight(world.ctx, { task: "bare" });
    expect(bare).toMatchObject({ ok: false, real_work_allowed: false });
    expect(bare.blocker_codes.filter((code) => code !== "package_cli_available")).toEqual([
      "active_binding",
      "manager_thread_metadata",
      "worker_thread_metadata",
    ]);
    expect(await smoke.preflight(world.ctx, { task: "bare", mode: "advisory" })).toMatchObject({
      blockers: [],
      ok: true,
    });
    expect(await sequence()).toEqual(before);
  });

  it("is one verdict over a set of workers, and one that is missing keeps all from work", async () => {
    const set = { scope: "worker-set", worker_count: 2 };
    for (const task of ["one", "two"]) {
      await appPair(world, task);
      await go(task, (await smoke.start(world.ctx, { task, ...set })).smoke);
    }
    expect((await smoke.status(world.ctx, { task: "one" })).blocker_codes).toEqual([
      { code: "worker_set_not_provable", role: null },
    ]);
    const all = await smoke.aggregate(world.ctx, { tasks: "one, two,one" });
    expect(all).toMatchObject({ ok: true, real_work_allowed: true, summary: { tasks: 2, passed: 2, allowed: 2 } });
    const { task } = await appPair(world, "three");
    const missing = await smoke.aggregate(world.ctx, { tasks: "one,three" });
    expect(missing).toMatchObject({ ok: false, real_work_allowed: false, summary: { tasks: 2, passed: 1 } });
    expect(missing.tasks[1]).toMatchObject({ smoke: null, blocker_codes: [{ code: "no_smoke" }] });
    await close(world, task.id);
    const over = await smoke.aggregate(world.ctx, { tasks: "three" });
    expect(over.tasks[0]?.blocker_codes).toEqual([{ code: "no_active_binding", role: null }]);
    expect(await outcome(smoke.aggregate(world.ctx, { tasks: " , " }))).toBe("invalid_input: no task is named");
    expect(await outcome(smoke.aggregate(world.ctx, { tasks: "one,nothing" }))).toContain("not_found");
  });
});
