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
