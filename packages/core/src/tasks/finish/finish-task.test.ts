import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addCriterion, satisfyCriterion } from "../../criteria/index.ts";
import { recordDecision } from "../../decisions/index.ts";
import { createWorld, type World } from "../../testing/world.ts";
import { finishTask } from "./finish-task.ts";

const NOTHING_REQUIRED = {
  reason: "all done",
  require_criteria_audit: false,
  require_acks: false,
  require_epilogue: false,
  require_adversarial_proof: false,
  strict_decisions: false,
  stop_manager: false,
  stop_worker: false,
};

const PROOF = { evidence_type: "adversarial_check", failure_mode: "empty input", check: "ran it", result: "rejected as wanted" };

let world: World;

beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

function finish(task: string, more: Partial<Parameters<typeof finishTask>[1]> = {}) {
  return finishTask(world.ctx, { task, ...NOTHING_REQUIRED, ...more });
}

function accepted(task: string, criterion: string) {
  return addCriterion(world.ctx, { task, criterion, source: "user_requested", status: "accepted" });
}

async function stateOf(task_id: string) {
  return world.store.read(async (tx) => {
    const task = await tx.db.tasks.findUniqueOrThrow({ where: { id: task_id } });
    const binding = await tx.db.bindings.findFirst({ where: { task_id }, orderBy: { seq: "desc" } });
    const commands = await tx.db.commands.findMany({ where: { task_id, type: "finish_task" }, orderBy: { seq: "asc" } });
    const events = await tx.db.events.findMany({ where: { task_id }, orderBy: { seq: "asc" }, select: { type: true } });
    return {
      task: task.state,
      binding: binding?.state,
      commands: commands.map(({ state }) => state),
      events: events.map(({ type }) => type),
    };
  });
}

describe("finish-task", () => {
  it("closes the task, ends its binding and says what it found", async () => {
    const { task } = await world.pair();
    const result = await finish(task.name, { require_criteria_audit: true });
    expect(result).toMatchObject({ task: task.name, finish: true, already_done_followup: false, killed_worker: false });
    expect(result.final_audit).toMatchObject({ total: 0, open_criteria: [], require_criteria_audit: true });
    expect(result.final_decision_id).toBeTypeOf("number");
    const state = await stateOf(task.id);
    expect(state).toMatchObject({ task: "done", binding: "ended", commands: ["succeeded"] });
    expect(state.events.slice(-4)).toEqual([
      "manager_decision_recorded",
      "finish_task_intent",
      "finish_task_criteria_audit",
      "finish_task_succeeded",
    ]);
  });

  it("refuses while an accepted criterion is open, changes nothing, and records the refusal", async () => {
    const { task } = await world.pair();
    const { affected_criterion } = await accepted(task.name, "Parser rejects empty input");
    await expect(finish(task.name, { require_criteria_audit: true })).rejects.toMatchObject({
      code: "gate_failed",
      message: expect.stringContaining(`#${affected_criterion.id}: Parser rejects empty input`),
      details: { failure_stage: "final_criteria_audit" },
    });
    expect(await stateOf(task.id)).toMatchObject({ task: "managed", binding: "active", commands: ["failed"] });
    await satisfyCriterion(world.ctx, { task: task.name, criterion_id: affected_criterion.id, proof: "tests pass" });
    await expect(finish(task.name, { require_criteria_audit: true })).resolves.toMatchObject({ finish: true });
  });

  it("lists every gate that refuses, in their order", async () => {
    const { task } = await world.pair();
    await accepted(task.name, "It works");
    const refused = finish(task.name, {
      require_criteria_audit: true,
      require_acks: true,
      require_adversarial_proof: true,
      strict_decisions: true,
    });
    await expect(refused).rejects.toMatchObject({
      details: {
        failures: ["final_adversarial_audit", "manager_decision", "final_criteria_audit", "final_ack_audit"].map((stage) =>
          expect.objectContaining({ stage }),
        ),
      },
    });
  });

  it("takes structured evidence of an adversarial check as proof, and a failed check not", async () => {
    const { task } = await world.pair();
    const { affected_criterion } = await accepted(task.name, "Parser rejects empty input");
    const satisfy = (evidence: Record<string, unknown>) =>
      satisfyCriterion(world.ctx, { task: task.name, criterion_id: affected_criterion.id, evidence });
    await satisfy({ ...PROOF, status: "FAILED" });
    await expect(finish(task.name, { require_adversarial_proof: true })).rejects.toMatchObject({ code: "gate_failed" });
    await satisfy(PROOF);
    const { final_adversarial_audit } = await finish(task.name, { require_adversarial_proof: true });
    expect(final_adversarial_audit).toMatchObject({ ok: true, criterion_id: affected_criterion.id });
  });

  it("wants a fresh stop decision of this task when decisions are strict", async () => {
    const { task } = await world.pair();
    const nudge = await recordDecision(world.ctx, { task: task.name, decision: "nudge", reason: "go on" });
    await expect(finish(task.name, { strict_decisions: true, decision_id: nudge.id })).rejects.toMatchObject({
      details: { error: "manager_decision_validation_failed", manager_decision: { warnings: ["decision_mismatch"] } },
    });
    const stop = await recordDecision(world.ctx, { task: task.name, decision: "stop", reason: "proven" });
    const { manager_decision } = await finish(task.name, { strict_decisions: true, decision_id: stop.id });
    expect(manager_decision.ok).toBe(true);
  });

  it("refuses a second time, and one of two at once", async () => {
    const { task } = await world.pair();
    const outcomes = await Promise.allSettled([finish(task.name), finish(task.name)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    await expect(finish(task.name)).rejects.toMatchObject({ code: "terminal_state" });
    expect((await stateOf(task.id)).task).toBe("done");
  });

  it("stops the worker's terminal, marks the session gone and leaves the manager's alone", async () => {
    await world.tmux("w-finish");
    await world.tmux("m-finish");
    const { task, worker } = await world.pair({
      worker: { tmux_session: "w-finish" },
      manager: { tmux_session: "m-finish" },
    });
    const result = await finish(task.name, { stop_worker: true });
    expect(result).toMatchObject({ killed_worker: true, killed_manager: false, worker_identity: { live: true, mismatches: [] } });
    expect(await world.host.tmux.sessionExists("w-finish")).toBe(false);
    expect(await world.host.tmux.sessionExists("m-finish")).toBe(true);
    const session = await world.store.read((tx) => tx.db.sessions.findUniqueOrThrow({ where: { id: worker.session_id } }));
    expect(session.state).toBe("gone");
  });

  it("closes a task whose terminal is gone already, and cleans up after a finished one", async () => {
    await world.tmux("w-gone");
    const { task } = await world.pair({ worker: { tmux_session: "w-gone" } });
    await world.host.tmux.kill("w-gone");
    const first = await finish(task.name, { stop_worker: true });
    expect(first).toMatchObject({ killed_worker: false, worker_identity: { mismatches: ["tmux_session_missing"] } });
    const second = await finish(task.name, { stop_worker: true });
    expect(second).toMatchObject({ already_done_followup: true, final_decision_id: null });
  });

  it("leaves the task open when another program now has the worker's terminal", async () => {
    await world.tmux("w-taken");
    const { task } = await world.pair({ worker: { tmux_session: "w-taken" } });
    await world.host.tmux.kill("w-taken");
    await world.tmux("w-other");
    await world.tmux("w-taken");
    await expect(finish(task.name, { stop_worker: true })).rejects.toMatchObject({ code: "side_effect_failed" });
    expect(await world.host.tmux.sessionExists("w-taken")).toBe(true);
    expect(await stateOf(task.id)).toMatchObject({ task: "managed", binding: "active", commands: ["failed"] });
  });

  it("stores no word of the message to the worker", async () => {
    await world.tmux("w-message", ["cat"]);
    const { task } = await world.pair({ worker: { tmux_session: "w-message" } });
    await finish(task.name, { stop_worker: true, message: "a very private farewell" });
    const [events, telemetry, commands] = await world.store.read((tx) =>
      Promise.all([tx.db.events.findMany(), tx.db.telemetry_events.findMany(), tx.db.commands.findMany()]),
    );
    expect(JSON.stringify([events, telemetry, commands])).not.toContain("private farewell");
  });
});
