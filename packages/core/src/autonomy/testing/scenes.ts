import { operations } from "@conveyor/contracts/registry";
import { dispatchRows } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";
import type { World } from "../../testing/world.ts";
import { aggregateSmoke } from "../aggregate-smoke.ts";
import { autopilotStatus } from "../autopilot-status.ts";
import { dispatchWakeup } from "../dispatch-wakeup.ts";
import { heartbeat } from "../heartbeat.ts";
import { loopStatus as showLoopStatus } from "../loop-status.ts";
import { planRotation } from "../plan-rotation.ts";
import { planWakeup } from "../plan-wakeup.ts";
import { preflightSmoke } from "../preflight-smoke.ts";
import { recordAutomation } from "../record-automation.ts";
import { recordRotation } from "../record-rotation.ts";
import { recordSmoke } from "../record-smoke.ts";
import { recordWakeupDelivery } from "../record-wakeup-delivery.ts";
import { smokeStatus } from "../smoke-status.ts";
import { startAutopilot } from "../start-autopilot.ts";
import { startSmoke } from "../start-smoke.ts";
import { stopAutopilot } from "../stop-autopilot.ts";

const { autonomy } = operations;

/** The commands as they are typed: defaults filled in, input checked. */
export const beat = (ctx: Ctx, input: Record<string, unknown>) => heartbeat(ctx, autonomy.heartbeat.input.parse(input));
export const look = (ctx: Ctx, input: Record<string, unknown>) =>
  showLoopStatus(ctx, autonomy.loopStatus.input.parse(input));
export const plan = (ctx: Ctx, input: Record<string, unknown>) =>
  planWakeup(ctx, autonomy.planWakeup.input.parse(input));
export const prepare = (ctx: Ctx, input: Record<string, unknown>) =>
  dispatchWakeup(ctx, autonomy.dispatchWakeup.input.parse(input));
export const record = (ctx: Ctx, input: Record<string, unknown>) =>
  recordWakeupDelivery(ctx, autonomy.recordWakeupDelivery.input.parse(input));

export const autopilot = {
  start: (ctx: Ctx, input: Record<string, unknown>) => startAutopilot(ctx, autonomy.startAutopilot.input.parse(input)),
  status: (ctx: Ctx, input: Record<string, unknown>) =>
    autopilotStatus(ctx, autonomy.autopilotStatus.input.parse(input)),
  stop: (ctx: Ctx, input: Record<string, unknown>) => stopAutopilot(ctx, autonomy.stopAutopilot.input.parse(input)),
  record: (ctx: Ctx, input: Record<string, unknown>) =>
    recordAutomation(ctx, autonomy.recordAutomation.input.parse(input)),
};

export const rotation = {
  plan: (ctx: Ctx, input: Record<string, unknown>) => planRotation(ctx, autonomy.planRotation.input.parse(input)),
  record: (ctx: Ctx, input: Record<string, unknown>) => recordRotation(ctx, autonomy.recordRotation.input.parse(input)),
};

export const smoke = {
  preflight: (ctx: Ctx, input: Record<string, unknown>) =>
    preflightSmoke(ctx, autonomy.preflightSmoke.input.parse(input)),
  start: (ctx: Ctx, input: Record<string, unknown>) => startSmoke(ctx, autonomy.startSmoke.input.parse(input)),
  record: (ctx: Ctx, input: Record<string, unknown>) => recordSmoke(ctx, autonomy.recordSmoke.input.parse(input)),
  status: (ctx: Ctx, input: Record<string, unknown>) => smokeStatus(ctx, autonomy.smokeStatus.input.parse(input)),
  aggregate: (ctx: Ctx, input: Record<string, unknown>) =>
    aggregateSmoke(ctx, autonomy.aggregateSmoke.input.parse(input)),
};

/** A manager and a worker that live in app threads. */
export function appPair(world: World, task = "login") {
  return world.pair({
    task,
    manager: { codex_app_thread_id: "thr-m" },
    worker: { codex_app_thread_id: "thr-w" },
  });
}

/** A dispatcher in the registry; by default this process. */
export function dispatcher(
  world: World,
  dispatcher_id: string,
  of: { pid?: number; dry_run?: boolean; host?: string; stopped?: boolean } = {},
): Promise<void> {
  const { pid = process.pid, dry_run = false, host = world.host.hostname, stopped = false } = of;
  const instance_id = world.host.ids.next("instance");
  return world.store.fast((tx) => {
    const row = {
      dispatcher_id,
      instance_id,
      pid,
      pid_started_at: null,
      host,
      host_id: of.host ?? world.host.host_id,
      interval_seconds: 2,
      watch: true,
      dry_run,
    };
    dispatchRows.registerDispatcher(tx, row);
    if (stopped) dispatchRows.closeDispatcher(tx, dispatcher_id, instance_id);
  });
}

/** Close a task as `finish-task` leaves it. */
export function close(world: World, task_id: string, state: "done" | "failed" = "done"): Promise<void> {
  return world.store.write(async (tx) => {
    await tx.db.tasks.update({ where: { id: task_id }, data: { state } });
    await tx.db.bindings.updateMany({ where: { task_id }, data: { state: "ended", ended_at: tx.now } });
  });
}
