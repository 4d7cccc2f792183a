import { operations } from "@conveyor/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { add as addCriterion } from "../criteria/add.ts";
import { record as recordDecision } from "../decisions/record.ts";
import { enqueueNudgeWorker } from "../dispatch/enqueue-message.ts";
import { run as runDispatch } from "../dispatch/run.ts";
import { loopRun } from "../dispatch/testing/scenes.ts";
import { takeWorker } from "../inbox/take.ts";
import { cycle } from "../observation/cycle.ts";
import { asShown } from "../testing/as-shown.ts";
import { createWorld, type World } from "../testing/world.ts";
import { check } from "./check.ts";
import { failures } from "./failures.ts";
import { metrics, spreadOf } from "./metrics.ts";
import { snapshot, snapshotTask } from "./snapshot.ts";
import { checkTask, task as showTask } from "./task.ts";

let world: World;
let task: { id: string; name: string };
let other: { id: string; name: string };

/** What an operation answers, as it is shown and as its contract describes it. */
async function view<Name extends "snapshot" | "snapshotTask" | "task" | "checkTask" | "check" | "failures" | "metrics">(
  name: Name,
  input: Record<string, unknown> = {},
) {
  const core = { snapshot, snapshotTask, task: showTask, checkTask, check, failures, metrics }[name] as never;
  const op = operations.telemetry[name];
  const answer = await asShown(`telemetry.${name}`, core, world.ctx, op.input.parse(input) as never);
  op.output.parse(answer);
  return answer as ReturnType<(typeof op)["output"]["parse"]>;
}

beforeAll(async () => {
  world = createWorld();
  ({ task } = await world.pair({ task: "auth" }));
  ({ task: other } = await world.pair({ task: "other" }));
  const criterion = { criterion: "it holds", source: "user_requested", status: "accepted" } as const;
  await addCriterion(world.ctx, { task: task.name, ...criterion });
  await enqueueNudgeWorker(world.ctx, { task: task.name, message: "a private word", max_attempts: 3 });
  const once = { limit: 10, dispatcher_id: "d1", lease_seconds: 60, dry_run: false, no_ingest: true };
  await runDispatch(world.ctx, once);
  await takeWorker(world.ctx, { task: task.name, wait: false, timeout: 0, interval: 2, limit: 10 });
  await enqueueNudgeWorker(world.ctx, { task: task.name, message: "another", max_attempts: 3 });
  const { cycle_id } = await cycle(world.ctx, { task: task.name, busy_wait_seconds: 90 });
  await recordDecision(world.ctx, { task: task.name, decision: "nudge", reason: "it stands", cycle_id });
  await world.anyTelemetry({
    ...{ event_type: "codex_events_ingested", severity: "warning", summary: "s", task_id: task.id },
    attributes: { new_events: 3, skipped_lines: 2 },
  });
  await world.store.write(async (tx) => {
    const status = {
      ...{
        kind: "session_cycle",
        error_type: "IngestError",
        worker_session: "w",
        manager_context: { secret: "private" },
      },
      pane_signal: { captured: false, degraded: true, pane_title: "private", reason: "gone" },
    };
    const at = { started_at: tx.now, completed_at: tx.now };
    await tx.db.manager_cycles.create({
      data: {
        ...{ ...at, seq: tx.seq(), completed_seq: tx.seq(), task_id: other.id, state: "failed", error: "ingest broke" },
        status_json: JSON.stringify(status),
      },
    });
  });
});
afterAll(() => world.close());

describe("telemetry snapshot", () => {
  it("shows how everything stands, and what is wrong first", async () => {
    const all = await view("snapshot");
    expect(all.alerts.map(({ type }) => type)).toEqual([
      ...["open_accepted_criteria", "unfinished_commands", "failed_cycles"],
    ]);
    expect(all.checks.ok).toBe(false);
    expect(all.commands).toMatchObject({ unfinished_count: 1, failed_count: 0 });
    expect(all.cycles.recent_failed).toMatchObject([{ task_name: "other", error: "ingest broke" }]);
    expect(all.tasks.active.map(({ name }) => name)).toEqual(["other", "auth"]);
    expect(all.sessions.active_count).toBe(4);
    expect(all.reconcile.schema_health.ok).toBe(true);
    expect(JSON.stringify(all)).not.toContain("private");
    const none = await view("snapshot", { limit: 0 });
    expect(none).toMatchObject({ commands: { unfinished_count: 1, recent_unfinished: [] }, tasks: { active: [] } });
  });

  it("of a task shows its pair, its newest events in order, and commands without their words", async () => {
    const one = await view("snapshotTask", { task: "auth", limit: 5 });
    expect(one.task).toMatchObject({ name: "auth", integrity: { ok: true, issues: [] } });
    expect(one.binding).toMatchObject({ worker_session_name: "auth-worker", manager_session_name: "auth-manager" });
    expect([one.worker?.role, one.manager?.role]).toEqual(["worker", "manager"]);
    expect(one.telemetry.recent).toHaveLength(5);
    expect(one.telemetry.recent.at(-1)?.event_type).toBe("codex_events_ingested");
    expect(one.telemetry.summary.total).toBeGreaterThan(5);
    expect(one.latest_cycle).toMatchObject({ state: "succeeded", status: { kind: "session_cycle" } });
    expect(one.latest_cycle?.status).not.toHaveProperty("manager_context");
    expect(one.alerts.map(({ type }) => type)).toEqual(["open_accepted_criteria", "unfinished_commands"]);
    expect(JSON.stringify(one)).not.toContain("private");
  });

  it("names what does not fit together", async () => {
    const { task: left } = await world.pair({ task: "left" });
    await world.store.write(async (tx) => {
      await tx.db.bindings.updateMany({ where: { task_id: left.id }, data: { state: "ended" } });
    });
    expect((await view("snapshotTask", { task: "left" })).task.integrity.issues).toEqual([
      ...["managed_without_active_worker_binding", "managed_without_active_manager"],
    ]);
    await world.store.write(async (tx) => {
      await tx.db.tasks.update({ where: { id: left.id }, data: { state: "done" } });
    });
  });
});

describe("telemetry task and check", () => {
  it("show everything of one task, by the one name or the other", async () => {
    const shown = await view("task", { of: "auth" });
    expect(shown.cycles).toMatchObject({ total: 1, counts_by_state: { succeeded: 1 }, failed: [] });
    expect(shown.decisions.recent).toMatchObject([{ decision: "nudge", reason: "it stands" }]);
    expect(shown.commands.recent[0]).toMatchObject({
      state: "pending",
      payload_keys: expect.arrayContaining(["message"]),
    });
    expect(shown.ingest).toMatchObject({ skipped_lines: 2, recent_skipped: [{ attributes: { skipped_lines: 2 } }] });
    expect(shown.alerts.map(({ type }) => type)).toContain("ingest_skipped_lines");
    expect(JSON.stringify(shown)).not.toContain("private");
    expect((await view("task", { task: "auth" })).task).toEqual(shown.task);
    await expect(view("task", { of: "auth", task: "other" })).rejects.toMatchObject({ code: "usage" });
    await expect(view("task")).rejects.toMatchObject({ code: "usage" });
  });

  it("judge by thresholds", async () => {
    const loose = { max_open_criteria: 1, max_unfinished_commands: 1 };
    const strict = await view("checkTask", { task: "auth" });
    expect(strict.alerts.map(({ type }) => type)).toEqual(
      expect.arrayContaining(["open_accepted_criteria", "unfinished_commands"]),
    );
    const judged = await view("checkTask", { task: "auth", ...loose });
    expect(judged.alerts.map(({ type }) => type)).not.toContain("unfinished_commands");
    expect((await view("check", loose)).alerts.map(({ type }) => type)).toEqual(["failed_cycles"]);
    const sized = await view("check", { ...loose, max_storage_bytes: 1 });
    expect(sized.alerts.map(({ type }) => type)).toContain("storage_bytes");
    const silent = await view("check", { ...loose, worker_staleness_seconds: 0 });
    expect(silent.sessions.stale_count).toBeGreaterThan(0);
  });
});

describe("telemetry failures", () => {
  it("show what failed, narrowed by task and time", async () => {
    const all = await view("failures");
    expect(all.failed_cycles).toMatchObject([{ task_name: "other" }]);
    expect(all.pane_capture_failures).toMatchObject([{ status: { pane_signal: { degraded: true, reason: "gone" } } }]);
    expect(all.ingest.cycle_errors).toHaveLength(1);
    expect(all.ingest.error_count).toBe(2);
    expect(JSON.stringify(all)).not.toContain("private");
    const own = await view("failures", { task: "auth", window: "1h" });
    expect(own).toMatchObject({ failed_cycles: [], filters: { task_id: task.id, window: { label: "1h" } } });
    expect(own.operator.cycles.stale).toEqual([]);
  });

  it("take a run as its task, and refuse one of another", async () => {
    const run = await loopRun(world, other.id);
    expect((await view("failures", { run: run.run_id })).filters).toMatchObject({
      task_id: other.id,
      run_id: run.run_id,
    });
    await expect(view("failures", { run: run.run_id, task: "auth" })).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("telemetry metrics", () => {
  it("count a window, time its messages, and measure what is there", async () => {
    const all = await view("metrics", { group_by: "task" });
    const { telemetry_events, cycles, pane_capture, ingest } = all.counters;
    expect(Object.values(telemetry_events.by_actor).reduce((sum, n) => sum + n)).toBe(telemetry_events.total);
    expect(cycles).toEqual({ started: 0, succeeded: 1, failed: 1, total: 2 });
    expect(pane_capture).toEqual({ succeeded: 0, failed: 1, unknown: 1 });
    expect(ingest.skipped_lines).toBe(2);
    expect(all.rollups).toMatchObject({
      commands_by_type: { nudge_worker: { pending: 1, succeeded: 1 } },
      command_attempts_by_type: { nudge_worker: { succeeded: 1 } },
      cycle_success_rate: 0.5,
    });
    expect(all.latencies.created_to_delivered.count).toBe(1);
    expect(all.latencies.consumed_to_acknowledged).toEqual({
      count: 0,
      p50_ms: null,
      p90_ms: null,
      p99_ms: null,
      max_ms: null,
    });
    expect(all.latencies.cycle_phases["ingest_rollout"]?.count).toBe(1);
    expect(all.groups?.map(({ key }) => key)).toEqual(["auth", "left", "other"]);
    expect(all.gauges).toMatchObject({ active_tasks: 2, criteria: { open: 1 }, reconcile: { total_drift: 0 } });
  });

  it.each(["hour", "day", "dispatcher"])("group by %s", async (group_by) => {
    const { groups, counters } = await view("metrics", { group_by });
    const events = groups?.reduce((sum, { telemetry_events }) => sum + telemetry_events, 0) ?? 0;
    if (group_by === "dispatcher") expect(groups?.map(({ key }) => key)).toEqual(["d1"]);
    else expect(events).toBe(counters.telemetry_events.total);
  });

  it("give percentiles that are times which were measured", () => {
    const times = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(spreadOf(times)).toEqual({ count: 100, p50_ms: 50, p90_ms: 90, p99_ms: 99, max_ms: 100 });
    expect(spreadOf([7])).toMatchObject({ p50_ms: 7, p99_ms: 7 });
  });
});
