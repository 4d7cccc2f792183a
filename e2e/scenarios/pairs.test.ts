import { execFileSync } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import { inEveryMode } from "../support/world/in-every-mode.ts";
import type { World } from "../support/world/world.ts";

/** A pair that lives in two app threads. */
function appPair(world: World, task = "login") {
  return world.ask<"bindings.createDisposable">(
    ...["create-disposable-binding", task, "--goal", "log in", "--cwd", world.project],
    ...["--worker-codex-app-thread-id", "thr-w", "--manager-codex-app-thread-id", "thr-m"],
  );
}

/** A printed command as a shell reads it, from behind the program's name. */
function wordsOf(command: string): string[] {
  const words = execFileSync("sh", ["-c", `set -- ${command}; printf '%s\\0' "$@"`], { encoding: "utf8" });
  const all = words.split("\0").slice(0, -1);
  return all.slice(all.indexOf("conveyor") + 1);
}

/** Both threads say that they live. */
async function beats(world: World, task = "login") {
  for (const role of ["manager", "worker"]) {
    await world.ask<"autonomy.heartbeat">("app-heartbeat", task, "--role", role);
  }
}

inEveryMode("a pair is put on autopilot, becomes quiet, and is stopped", async (world) => {
  await appPair(world);
  const unset = await world.ask<"autonomy.autopilotStatus">("app-autopilot", "status", "login");
  expect(unset.plan).toMatchObject({ desired_state: "unconfigured", readiness: { state: "not_active" } });
  const { plan } = await world.ask<"autonomy.startAutopilot">(
    ...(["app-autopilot", "start", "login", "--quiet-after", "2"] as const),
  );
  expect(plan.summary).toMatchObject({ creatable_automations: 2, dispatcher_required: true });
  await world.begin(["dispatch", "--watch", "--dispatcher-id", "dispatch-local", "--interval", "0.2"]);
  const conveyor = await world.connect();
  const state = async () => (await conveyor.autonomy.loopStatus({ task: "login" })).dispatch.state;
  while ((await state()) !== "healthy") await pause(50);
  for (const role of ["manager", "worker"]) {
    await world.ask<"autonomy.recordAutomation">(
      ...(["app-autopilot", "record-automation", "login", "--role", role, "--automation-id", `a-${role}`] as const),
    );
  }
  await beats(world);
  const ready = await world.ask<"autonomy.autopilotStatus">("app-autopilot", "status", "login");
  expect(ready.plan.readiness).toMatchObject({ autonomous_ready: true, blockers: [] });
  expect(ready.plan.quiescence).toMatchObject({ quiet_cycles: 1, recommended_action: "continue" });
  await beats(world);
  const quiet = await world.ask<"autonomy.autopilotStatus">("app-autopilot", "status", "login");
  expect(quiet.plan.quiescence.recommended_action).toBe("stop_autopilot");
  const stopped = await world.ask<"autonomy.stopAutopilot">("app-autopilot", "stop", "login");
  expect(stopped.plan).toMatchObject({ desired_state: "stopped", last_policy_event: stopped.receipt });

  for (const argv of [["app-autopilot", "login"], ["app-autopilot"], ["app-autopilot", "begin", "login"]]) {
    const refused = await world.refused(...argv);
    expect([refused.code, refused.error.code]).toEqual([2, "usage"]);
    for (const action of ["start", "stop", "status", "record-automation"]) {
      expect(`${refused.error.message} ${refused.error.hint}`).toContain(action);
    }
  }
  for (const [flag, value] of [
    ["--interval", "0"],
    ["--watch-iterations", "0"],
    ["--quiet-after", "-1"],
    ["--stale-after", "-1"],
  ] as const) {
    expect((await world.refused("app-autopilot", "start", "login", flag, value)).code).toBe(2);
  }
});

inEveryMode("a worker goes on in a fresh thread, which only the exact plan allows", async (world) => {
  await appPair(world);
  const named = ["app-worker-rotation-plan", "login", "--old-worker-thread-id"] as const;
  const early = await world.ask<"autonomy.planRotation">(...named, "thr-w", "--require-handoff");
  expect(early).toMatchObject({ eligible: false, blockers: ["missing_worker_handoff"], record_command: null });
  await world.ask<"contract.handoff">("handoff", "login", "--summary", "half done", "--next-step", "the lexer");
  const swapped = await world.ask<"autonomy.planRotation">(...named, "thr-m");
  expect(swapped.blockers).toEqual(["old_worker_thread_id_mismatch", "manager_worker_thread_not_distinct"]);
  const plan = await world.ask<"autonomy.planRotation">(...named, "thr-w", "--require-handoff");
  expect(plan.actions.map(({ type }) => type)).toEqual([
    "create_replacement_worker_thread",
    "archive_old_worker_thread",
  ]);
  const command = (plan.record_command ?? "").replace(/<new\.thread\.(id|title)>/g, "'new $1'");
  const argv = wordsOf(command);
  expect(argv.slice(0, 2)).toEqual(["app-worker-rotation-record", "login"]);
  const recorded = await world.ask<"autonomy.recordRotation">("app-worker-rotation-record", ...argv.slice(1));
  expect(recorded.new_worker).toMatchObject({ codex_app_thread_id: "new id", session_updated: true });
  const status = await world.ask<"autonomy.loopStatus">("app-loop-status", "login");
  expect(status.worker).toMatchObject({ codex_app_thread_title: "new title", lease: { state: "missing" } });
  const again = await world.refused(...argv);
  expect([again.code, again.error.code]).toEqual([2, "precondition_failed"]);
  const missing = await world.refused("app-worker-rotation-plan", "login");
  expect([missing.code, missing.error.code]).toEqual([2, "usage"]);
});

inEveryMode("no real work begins before a smoke run has passed through both threads", async (world) => {
  await appPair(world);
  const preflight = await world.ask<"autonomy.preflightSmoke">("app-smoke", "preflight", "login");
  expect(preflight).toMatchObject({ ok: true, blockers: [] });
  const { smoke } = await world.ask<"autonomy.startSmoke">("app-smoke", "start", "login", "--nonce", "velvet-17");
  expect(smoke.nonce).toBe("velvet-17");
  // The worker learns the word from its inbox alone.
  await world.ask<"dispatch.enqueueNudgeWorker">(
    ...["enqueue-nudge-worker", "login", "--message", `smoke ${smoke.id} ${smoke.nonce}`, "--correlation-id", "smoke"],
  );
  await world.ask<"dispatch.run">("dispatch", "--once");
  const mark = (role: string, nonce: string, status: string, ...more: string[]) =>
    [
      ...["app-smoke", "record", "login", "--smoke-id", smoke.id, "--nonce", nonce, "--role", role],
      ...["--status", status, ...more],
    ] as const;
  const record = (...argv: Parameters<typeof mark>) => world.ask<"autonomy.recordSmoke">(...mark(...argv));
  await record("worker", smoke.nonce, "sent", "--thread-id", "thr-w");
  await world.ask<"autonomy.heartbeat">("app-heartbeat", "login", "--role", "worker");
  const { consumed } = await world.ask<"inbox.takeWorker">("worker-inbox", "login", "--consume-next");
  const [, , nonce = ""] = String(consumed?.payload.message).split(" ");
  await record("worker", nonce, "received", "--notification-id", String(consumed?.id));
  for (const argv of [
    mark("worker", "velvet-18", "accepted"),
    mark("worker", nonce, "sent", "--thread-id", "thr-m"),
    mark("manager", nonce, "received", "--notification-id", String(consumed?.id)),
  ]) {
    const refused = await world.refused(...argv);
    expect([refused.code, refused.error.code]).toEqual([2, "precondition_failed"]);
    expect(JSON.stringify(refused.error)).not.toContain("velvet-17");
  }
  const half = await world.ask<"autonomy.smokeStatus">("app-smoke", "status", "login");
  expect(half).toMatchObject({ ok: false, real_work_allowed: false, roles: { worker: { received: true } } });
  const blocked = await world.begin([...mark("worker", nonce, "blocked", "--from-stdin"), "--json"], {
    input: '{"summary":"no network"}',
  });
  expect((await blocked.done).code).toBe(0);
  await record("worker", nonce, "accepted");
  await record("manager", nonce, "sent", "--thread-id", "thr-m");
  await world.ask<"autonomy.heartbeat">("app-heartbeat", "login", "--role", "manager");
  const passed = await world.ask<"autonomy.smokeStatus">("app-smoke", "status", "login");
  expect(passed).toMatchObject({ ok: true, real_work_allowed: true, blockers: [] });
  expect((await world.ask<"autonomy.aggregateSmoke">("app-smoke", "aggregate", "--tasks", "login")).ok).toBe(true);
  const reused = await world.refused("app-smoke", "start", "login", "--nonce", "velvet-17");
  expect([reused.code, reused.error.code]).toEqual([2, "conflict"]);
});
