import { operations } from "@conveyor/contracts";
import { fixedClock } from "@conveyor/host";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nudge, pass, rowsOf } from "../dispatch/testing/scenes.ts";
import { takeWorker } from "../inbox/take.ts";
import { createWorld, type World } from "../testing/world.ts";
import { appPair, autopilot, beat, close, dispatcher } from "./testing/scenes.ts";

describe("the autopilot of a pair", () => {
  let world: World;
  const clock = fixedClock("2026-01-01T00:00:00.000Z");
  beforeEach(() => {
    world = createWorld({ clock });
  });
  afterEach(() => world.close());

  const of = { task: "login" };
  const beats = async (times: number) => {
    for (let i = 0; i < times; i++) {
      await clock.advance(1_000);
      for (const role of ["manager", "worker"]) await beat(world.ctx, { ...of, role });
    }
  };

  it("is unconfigured, started, set up, quiet, stopped", async () => {
    const { task } = await appPair(world);
    await dispatcher(world, "dispatch-local");
    const before = await autopilot.status(world.ctx, of);
    expect(before).toMatchObject({
      receipt: null,
      plan: { desired_state: "unconfigured", last_policy_event: null, readiness: { state: "not_active" } },
    });
    const started = await autopilot.start(world.ctx, { ...of, interval: 5, watch_iterations: 7 });
    expect(started.plan).toMatchObject({
      desired_state: "active",
      last_policy_event: started.receipt,
      dispatcher: { required: false },
      quiescence: { quiet_after: clock.iso(), quiet_cycles: 0, threshold_cycles: 3 },
      summary: { total_automations: 2, creatable_automations: 2, applied_automations: 0, autonomous_ready: false },
    });
    expect(started.plan.control.dispatcher_command).toContain(
      "dispatch --watch --watch-iterations 7 --interval 5 --dispatcher-id 'dispatch-local'",
    );
    expect(started.plan.automation_specs.map(({ name, target_thread_id }) => [name, target_thread_id])).toEqual([
      ["Conveyor login manager heartbeat", "thr-m"],
      ["Conveyor login worker heartbeat", "thr-w"],
    ]);
    expect(await world.telemetryEvent("app_autopilot_started")).toMatchObject({
      id: started.receipt.event_id,
      actor: "operator",
      severity: "info",
      task_id: task.id,
      correlation: { command: "app-autopilot", action: "start", dispatcher_id: "dispatch-local" },
    });
    // The audit keeps it too, and neither has a prompt.
    const audit = await world.auditEvent("app_autopilot_started");
    expect(audit?.payload).toMatchObject({ desired_state: "active", automation_specs: [{ role: "manager" }, {}] });
    expect(JSON.stringify(audit?.payload)).not.toContain("CONVEYOR POLL");

    for (const role of ["manager", "worker"]) {
      const recorded = await autopilot.record(world.ctx, { ...of, role, automation_id: `automation-${role}` });
      expect(recorded.plan.automation_state.applied_roles).toContain(role);
    }
    await beats(2);
    const ready = await autopilot.status(world.ctx, of);
    expect(ready.plan.readiness).toMatchObject({ state: "autonomous_ready", blockers: [] });
    expect(ready.plan.quiescence).toMatchObject({ state: "monitoring", quiet_cycles: 2 });
    await beats(1);
    const quiet = await autopilot.status(world.ctx, of);
    expect(quiet.plan.quiescence).toMatchObject({ state: "stop_recommended", recommended_action: "stop_autopilot" });
    // What was asked for at the start stays until somebody asks for something else.
    expect((await autopilot.status(world.ctx, { ...of, quiet_after: 9 })).plan.quiescence.threshold_cycles).toBe(9);
    expect(quiet.plan.control.dispatcher_command).toContain("--watch-iterations 7 --interval 5");

    const stopped = await autopilot.stop(world.ctx, of);
    expect(stopped.plan).toMatchObject({
      desired_state: "stopped",
      automation_state: { applied_count: 0, missing_roles: ["manager", "worker"] },
      readiness: { state: "not_active" },
      quiescence: { state: "not_applicable" },
    });
    const again = await autopilot.start(world.ctx, of);
    expect(again.plan.automation_state.applied_count).toBe(0);
    expect(await rowsOf(world, "SELECT dispatcher_id, desired_state, stopped_at FROM autopilot_policies")).toEqual([
      { dispatcher_id: "dispatch-local", desired_state: "active", stopped_at: null },
    ]);
  });

  it("counts quiet from the last command, and from the last item that was taken", async () => {
    await appPair(world);
    await dispatcher(world, "dispatch-local");
    await autopilot.start(world.ctx, of);
    await beats(3);
    const cycles = async () => (await autopilot.status(world.ctx, of)).plan.quiescence.quiet_cycles;
    expect(await cycles()).toBe(3);
    await nudge(world.ctx, "login", "run the tests");
    expect(await cycles()).toBe(0);
    await beats(1);
    expect(await cycles()).toBe(1);
    await pass(world.ctx);
    await clock.advance(1_000);
    await takeWorker(world.ctx, operations.inbox.takeWorker.input.parse(of));
    expect(await cycles()).toBe(0);
    expect((await autopilot.status(world.ctx, of)).plan.quiescence.quiet_after).toBe(clock.iso());
  });

  it("is kept apart for each dispatcher, and says so in its commands", async () => {
    await appPair(world);
    await autopilot.start(world.ctx, { ...of, dispatcher_id: "night" });
    const { plan } = await autopilot.status(world.ctx, { ...of, dispatcher_id: "night" });
    expect(plan).toMatchObject({ desired_state: "active", dispatcher: { required: true, state: "missing" } });
    expect(plan.control.stop_command).toContain("app-autopilot stop 'login' --dispatcher-id 'night'");
    expect(plan.readiness.blocker_codes).toContain("dispatcher_not_healthy");
    const other = await autopilot.status(world.ctx, of);
    expect(other.plan).toMatchObject({ desired_state: "unconfigured", dispatcher_id: "dispatch-local" });
  });

  it("warns when the thread of a role is not known, and ends with the task", async () => {
    const { task } = await world.pair({ task: "login", manager: { codex_app_thread_id: "thr-m" } });
    const { plan } = await autopilot.start(world.ctx, of);
    expect(plan.automation_specs[1]).toMatchObject({ can_create: false, blocker_code: "missing_thread" });
    expect(plan.readiness.blocker_codes).toContain("worker_automation_not_creatable");
    expect(await world.telemetryEvent("app_autopilot_started")).toMatchObject({ severity: "warning" });
    await close(world, task.id);
    for (const act of [autopilot.start, autopilot.status, autopilot.stop]) {
      await expect(act(world.ctx, of)).rejects.toMatchObject({ code: "terminal_state" });
    }
  });
});
