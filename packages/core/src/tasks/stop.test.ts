import { type CallOf, operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { add as addCriterion } from "../criteria/add.ts";
import type { Ctx } from "../ctx.ts";
import { record as recordDecision } from "../decisions/record.ts";
import { createWorld, type World } from "../testing/world.ts";
import { stop as stopTask } from "./stop.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

function stop(task: string, more: Partial<CallOf<typeof operations.tasks.stop>> = {}, ctx: Ctx = world.ctx) {
  return stopTask(ctx, operations.tasks.stop.input.parse({ task, reason: "wrong branch", ...more }));
}

async function pairInTmux(name: string) {
  await world.tmux(`w-${name}`);
  await world.tmux(`m-${name}`);
  return world.pair({ task: name, worker: { tmux_session: `w-${name}` }, manager: { tmux_session: `m-${name}` } });
}

async function stateOf(task_id: string) {
  return world.store.read(async (tx) => {
    const task = await tx.db.tasks.findUniqueOrThrow({ where: { id: task_id } });
    const binding = await tx.db.bindings.findFirst({ where: { task_id }, orderBy: { seq: "desc" } });
    const commands = await tx.db.commands.findMany({ where: { task_id, type: "stop_task" }, orderBy: { seq: "asc" } });
    const sessions = await tx.db.sessions.findMany({ orderBy: { seq: "asc" } });
    return {
      task: task.state,
      binding: binding?.state,
      commands: commands.map(({ state }) => state),
      sessions: sessions.map(({ state }) => state),
    };
  });
}

describe("stop-task", () => {
  it("ends the manager, leaves the worker, abandons the run and audits nothing", async () => {
    const { task } = await pairInTmux("auth");
    await addCriterion(world.ctx, {
      task: task.name,
      criterion: "It works",
      source: "user_requested",
      status: "accepted",
    });
    await world.store.write(async (tx) => {
      const row = {
        id: "run-1",
        task_id: task.id,
        name: "r",
        status: "active",
        started_at: tx.now,
        metadata_json: "{}",
      };
      await tx.db.runs.create({ data: { ...row, seq: tx.seq() } });
    });
    const result = await stop(task.name);
    expect(result).toMatchObject({
      finish: false,
      killed_manager: true,
      killed_worker: false,
      stop_manager: true,
      stop_worker: false,
      final_decision_id: null,
      final_observation_id: null,
    });
    expect(result).not.toHaveProperty("final_audit");
    expect(await world.host.tmux.sessionExists("w-auth")).toBe(true);
    expect(await world.host.tmux.sessionExists("m-auth")).toBe(false);
    expect(await stateOf(task.id)).toEqual({
      task: "done",
      binding: "ended",
      commands: ["succeeded"],
      sessions: ["active", "gone"],
    });
    const run = await world.store.read((tx) => tx.db.runs.findFirst());
    expect(run?.status).toBe("abandoned");
    expect((await world.auditTypes()).filter((type) => /stop_task|decision|audit/.test(type))).toEqual([
      "stop_task_intent",
      "stop_task_succeeded",
    ]);
    expect(await world.telemetryEvent("task_stopped")).toMatchObject({ attributes: { run_status: "abandoned" } });
  });

  it("stops the worker too when asked, and cleans it up afterwards when that was forgotten", async () => {
    const both = await pairInTmux("both");
    expect(await stop(both.task.name, { stop_worker: true })).toMatchObject({
      killed_worker: true,
      killed_manager: true,
    });
    const { task } = await pairInTmux("later");
    await stop(task.name);
    await expect(stop(task.name)).rejects.toMatchObject({ code: "terminal_state" });
    const cleanup = await stop(task.name, { stop_worker: true });
    expect(cleanup).toMatchObject({ already_done_followup: true, killed_worker: true, killed_manager: false });
    expect(await stop(task.name, { stop_worker: true })).toMatchObject({ killed_worker: false });
  });

  it("is won by one of two at once, in one process and in two", async () => {
    const bound = await pairInTmux("bound");
    const alone = await world.task({ name: "alone" });
    for (const { id } of [bound.task, alone]) {
      const other = world.otherCtx();
      const outcomes = await Promise.allSettled([stop(id), stop(id), stop(id, {}, other)]);
      await other.store.close();
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      const lost = outcomes.flatMap((one) => (one.status === "rejected" ? [one.reason.code] : []));
      for (const code of lost) expect(["conflict", "terminal_state"]).toContain(code);
      const { task, commands } = await stateOf(id);
      expect(task).toBe("done");
      expect(commands.filter((state) => state === "succeeded")).toHaveLength(1);
      expect(commands).not.toContain("attempted");
    }
  });

  it("wants a fresh stop decision when decisions are strict, and nothing else", async () => {
    const { task } = await world.pair();
    await expect(stop(task.name, { strict_decisions: true })).rejects.toMatchObject({
      code: "gate_failed",
      details: { failure_stage: "manager_decision", error: "manager_decision_validation_failed" },
    });
    expect(await world.auditEvent("stop_task_failed")).toMatchObject({ payload: { expected_failure: true } });
    const { id } = await recordDecision(world.ctx, { task: task.name, decision: "stop", reason: "wrong" });
    expect(await stop(task.name, { strict_decisions: true, decision_id: id })).toMatchObject({
      manager_decision: { ok: true },
    });
  });

  it("never kills a session whose name only begins alike", async () => {
    await world.tmux("m-foo");
    await world.tmux("m-foobar");
    const { task } = await world.pair({ manager: { tmux_session: "m-foo" } });
    await world.host.tmux.kill("m-foo");
    expect(await stop(task.name)).toMatchObject({ killed_manager: false });
    expect(await world.host.tmux.sessionExists("m-foobar")).toBe(true);
  });

  it("closes the task when the tmux server goes away in the middle", async () => {
    await world.tmux("m-middle");
    await world.composer("w-middle", { on_submit: "tmux kill-server" });
    const { task } = await world.pair({ worker: { tmux_session: "w-middle" }, manager: { tmux_session: "m-middle" } });
    const result = await stop(task.name, { stop_worker: true, message: "the server dies of this" });
    expect(result).toMatchObject({ killed_worker: false, worker_identity: { live: true } });
    expect(await stateOf(task.id)).toMatchObject({ task: "done", binding: "ended", sessions: ["gone", "gone"] });
  });
});
