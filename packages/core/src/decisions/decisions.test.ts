import { type Call, type Decision, operations } from "@conveyor/contracts";
import { fixedClock } from "@conveyor/host";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWorld, type World } from "../testing/world.ts";
import { record as recordDecision } from "./record.ts";
import { checkDecision, validateDecision } from "./validate-decision.ts";

let world: World;
const clock = fixedClock();
beforeEach(() => {
  world = createWorld({ clock });
});
afterEach(() => world.close());
const record = (call: Partial<Call<"decisions.record">> = {}) =>
  recordDecision(
    world.ctx,
    operations.decisions.record.input.parse({ task: "parser", decision: "nudge", reason: "context is long", ...call }),
  );
const cycleOf = (task_id: string) =>
  world.store.write((tx) =>
    tx.db.manager_cycles.create({ data: { seq: tx.seq(), task_id, started_at: tx.now, state: "started" } }),
  );

describe("record-decision", () => {
  it("writes the decision of an unbound task as nobody's", async () => {
    const task = await world.task({ name: "parser" });
    const decision = await record();
    expect(decision).toEqual({
      id: 1,
      task_id: task.id,
      task: { id: task.id, name: "parser" },
      decision: "nudge",
      reason: "context is long",
      manager_cycle_id: null,
      manager_id: null,
      manager_session_id: null,
      payload: {},
      created_at: clock.iso(),
    });
    expect(await world.auditEvent("manager_decision_recorded")).toMatchObject({
      task_id: task.id,
      actor: "workerctl",
      payload: { decision: "nudge", decision_id: 1, manager_cycle_id: null, reason: "context is long" },
    });
    expect(await world.telemetryEvent("manager_decision_recorded")).toMatchObject({
      actor: "workerctl",
      attributes: { decision: "nudge", payload: {}, reason: "context is long" },
    });
  });

  it("ascribes it to the manager of the live binding", async () => {
    const { manager } = await world.pair({ task: "parser" });
    expect((await record()).manager_session_id).toBe(manager.session_id);
    expect((await world.telemetryEvent("manager_decision_recorded"))?.actor).toBe("manager");
  });

  it("makes a second one of a second call", async () => {
    await world.task({ name: "parser" });
    expect([(await record()).id, (await record()).id]).toEqual([1, 2]);
  });

  it("adds a span of no duration to its cycle", async () => {
    const task = await world.task({ name: "parser" });
    const cycle = await cycleOf(task.id);
    const { id } = await record({ cycle_id: cycle.id, decision: "inspect" });
    const spans = await world.store.read((tx) => tx.db.manager_cycle_spans.findMany());
    expect(spans).toMatchObject([
      {
        manager_cycle_id: cycle.id,
        phase: "manager_decision",
        duration_ms: 0,
        state: "succeeded",
        manager_decision_id: id,
      },
    ]);
  });

  it("keeps the payload, and message bodies in it out of the telemetry", async () => {
    await world.task({ name: "parser" });
    const payload = { message: "please stop", attempts: 2 };
    expect((await record({ payload })).payload).toEqual(payload);
    const { attributes } = (await world.telemetryEvent("manager_decision_recorded")) ?? {};
    expect(JSON.stringify(attributes)).not.toContain("please stop");
    expect(attributes?.["payload"]).toMatchObject({ attempts: 2, message_redacted: true });
  });

  it("says when the cycle does not exist or is another task's, and writes nothing", async () => {
    await world.task({ name: "parser" });
    const other = await world.task({ name: "lexer" });
    const cycle = await cycleOf(other.id);
    await expect(record({ cycle_id: 99 })).rejects.toMatchObject({ code: "not_found", details: { kind: "cycle" } });
    await expect(record({ cycle_id: cycle.id })).rejects.toThrow(/not one of task "parser"/);
    expect(await world.store.read((tx) => tx.db.manager_decisions.count())).toBe(0);
    await expect(record({ task: "nothing" })).rejects.toMatchObject({ code: "not_found", details: { kind: "task" } });
  });

  it.each([
    ["an unknown decision", { decision: "ponder" }],
    ["no reason", { reason: undefined }],
    ["a blank reason", { reason: " " }],
    ["a payload that is a list", { payload: [] }],
    ["a cycle id that is not whole", { cycle_id: 1.5 }],
  ])("refuses %s", (_what, wrong) => {
    const call = { task: "parser", decision: "nudge", reason: "r", ...wrong };
    expect(operations.decisions.record.input.strict().safeParse(call).success).toBe(false);
  });
});

describe("the validation of a decision", () => {
  const now = new Date("2026-01-01T01:00:00.000Z");
  const decision: Decision = {
    id: 7,
    task_id: "task-1",
    decision: "stop",
    reason: "r",
    manager_cycle_id: null,
    manager_id: null,
    manager_session_id: null,
    payload: {},
    created_at: "2026-01-01T00:45:00.000Z",
  };
  it.each([
    ["none was given", null, null, ["missing_decision_id"]],
    ["there is none", 7, null, ["decision_not_found"]],
    ["it is right", 7, decision, []],
    ["it is of another task", 7, { ...decision, task_id: "task-2" }, ["decision_task_mismatch"]],
    ["it decided something else", 7, { ...decision, decision: "nudge" as const }, ["decision_mismatch"]],
    ["its time cannot be read", 7, { ...decision, created_at: "yesterday" }, ["decision_timestamp_invalid"]],
    ["it is too old", 7, { ...decision, created_at: "2026-01-01T00:44:59.900Z" }, ["decision_stale"]],
    ["it is a little ahead of this clock", 7, { ...decision, created_at: "2026-01-01T01:01:00.000Z" }, []],
    ["it comes from the future", 7, { ...decision, created_at: "2026-01-01T01:01:00.100Z" }, ["decision_stale"]],
    ["it comes from far in the future", 7, { ...decision, created_at: "2999-01-01T00:00:00.000Z" }, ["decision_stale"]],
    ["its time has no zone", 7, { ...decision, created_at: "2026-01-01T00:45:00" }, ["decision_timestamp_invalid"]],
    ["its time is only a year", 7, { ...decision, created_at: "2026" }, ["decision_timestamp_invalid"]],
    [
      "everything is wrong",
      7,
      { ...decision, task_id: "task-2", decision: "wait" as const, created_at: "2025-01-01T00:00:00.000Z" },
      ["decision_task_mismatch", "decision_mismatch", "decision_stale"],
    ],
  ])("when %s", (_what, decision_id, given, warnings) => {
    const verdict = validateDecision({ decision_id, task_id: "task-1", allowed: ["stop"] }, given, now);
    expect(verdict).toMatchObject({
      ok: warnings.length === 0,
      warnings,
      decision_id,
      decision: given,
      allowed_decisions: ["stop"],
    });
    expect(verdict.max_age_seconds).toBe(given === null ? undefined : 900);
  });

  it("truncates the age", () => {
    const at = { ...decision, created_at: "2026-01-01T00:59:58.100Z" };
    expect(validateDecision({ decision_id: 7, task_id: "task-1", allowed: ["stop"] }, at, now).age_seconds).toBe(1);
  });

  it("looks the decision up", async () => {
    const task = await world.task({ name: "parser" });
    const { id } = await record({ decision: "stop" });
    await clock.advance(901_000);
    const verdict = await world.store.read((tx) =>
      checkDecision(tx, { decision_id: id, task_id: task.id, allowed: ["stop"] }),
    );
    expect(verdict).toMatchObject({ ok: false, warnings: ["decision_stale"], age_seconds: 901, decision: { id } });
  });
});
