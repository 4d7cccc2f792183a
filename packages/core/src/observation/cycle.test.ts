import { appendFileSync } from "node:fs";
import { operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { add as addCriterion } from "../criteria/add.ts";
import { enqueueNotifyManager } from "../dispatch/enqueue-message.ts";
import { run as runDispatch } from "../dispatch/run.ts";
import { list as listSessions } from "../sessions/list.ts";
import { stop as stopTask } from "../tasks/stop.ts";
import { createWorld, type World } from "../testing/world.ts";
import { cycle } from "./cycle.ts";

const line = (record: object) => `${JSON.stringify(record)}\n`;
const event = (type: string, more: object = {}) => ({
  timestamp: new Date().toISOString(),
  type: "event_msg",
  payload: { type, turn_id: "t1", ...more },
});

let world: World;

beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

function observe(task: string) {
  return cycle(world.ctx, { task, busy_wait_seconds: 90 });
}

async function dispatchOnce() {
  await runDispatch(world.ctx, { limit: 10, dispatcher_id: "d1", lease_seconds: 60, dry_run: false, no_ingest: true });
}

describe("cycle", () => {
  it("shows what the worker does and what the manager needs to decide", async () => {
    const path = world.rollout({ records: [event("task_started")] });
    const { task, worker, manager } = await world.pair({ worker: { codex_session: path } });
    const busy = await observe(task.name);
    expect(busy).toMatchObject({
      kind: "session_cycle",
      worker_session: worker.name,
      manager_session: manager.name,
      state: "busy",
      task_completed: false,
      turn: { turn_id: "t1", outcome: "running" },
      ingest: { new_events: 2 },
      pane_signal: { captured: false, degraded: false },
      manager_context: { criteria_negotiation: { needed: true, reason: "no_criteria" }, worker_receipt: null },
    });
    appendFileSync(path, line(event("task_complete", { last_agent_message: "all green", duration_ms: 5 })));
    const idle = await observe(task.name);
    expect(idle).toMatchObject({ state: "idle", task_completed: true, last_event_subtype: "task_complete" });
    expect(idle.manager_context.worker_receipt).toMatchObject({
      last_agent_message: "all green",
      outcome: "completed",
      source_session_name: worker.name,
    });
    expect(idle.cycle_id).toBeGreaterThan(busy.cycle_id);
  });

  it("says that a closed task has nothing left to observe, and does not ask to bind it", async () => {
    const { task } = await world.pair();
    await stopTask(world.ctx, operations.tasks.stop.input.parse({ task: task.name }));
    await expect(observe(task.name)).rejects.toMatchObject({
      code: "terminal_state",
      message: expect.stringContaining("is done: there is nothing left to observe"),
      hint: expect.stringMatching(/replay/),
    });
    const open = await world.task({ name: "open" });
    await expect(observe(open.name)).rejects.toMatchObject({ code: "no_active_binding" });
  });

  it("keeps how the worker stands for those who list it", async () => {
    const path = world.rollout({ records: [event("task_started")] });
    const { task, worker } = await world.pair({ worker: { codex_session: path } });
    const seen = await observe(task.name);
    expect(seen.agent_status).toMatchObject({ phase: "working", state: "busy" });
    const listed = await listSessions(world.ctx, operations.sessions.list.input.parse({ name: [worker.name] }));
    expect(listed[0]?.agent_status).toEqual(seen.agent_status);
  });

  it("repeats without reading or changing anything twice", async () => {
    const { task } = await world.pair();
    const first = await observe(task.name);
    const second = await observe(task.name);
    expect(second.ingest.new_events).toBe(0);
    expect(second.state).toBe(first.state);
  });

  it("stores the row, its phases and its telemetry, without the agent's words", async () => {
    const path = world.rollout({
      records: [event("task_started"), event("task_complete", { last_agent_message: "secret words" })],
    });
    const { task } = await world.pair({ worker: { codex_session: path } });
    const { cycle_id } = await observe(task.name);
    const { row, spans } = await world.store.read(async (tx) => ({
      row: await tx.db.manager_cycles.findUniqueOrThrow({ where: { id: cycle_id } }),
      spans: await tx.db.manager_cycle_spans.findMany({
        where: { manager_cycle_id: cycle_id },
        orderBy: { seq: "asc" },
      }),
    }));
    expect(row.state).toBe("succeeded");
    expect(row.status_json).not.toContain("secret words");
    expect(spans.map(({ phase }) => phase)).toEqual([
      "start_cycle",
      "ingest_rollout",
      "infer_worker_state",
      "capture_pane_signal",
      "load_manager_context",
      "persist_cycle_row",
    ]);
  });

  it("lists criteria by status and counts only accepted ones as open", async () => {
    const { task } = await world.pair();
    const add = (criterion: string, status: "proposed" | "accepted") =>
      addCriterion(world.ctx, { task: task.name, criterion, source: "user_requested", status });
    await add("first", "accepted");
    await add("second", "proposed");
    const { manager_context } = await observe(task.name);
    expect(manager_context.acceptance_criteria.open.map(({ criterion }) => criterion)).toEqual(["first"]);
    expect(manager_context.criteria_negotiation).toMatchObject({ needed: false, reason: "active_criteria_present" });
  });

  it("shows unread pulled messages again and again, and never swallows them", async () => {
    const { task } = await world.pair();
    await enqueueNotifyManager(world.ctx, { task: task.name, message: "please look", max_attempts: 3 });
    await dispatchOnce();
    for (const _round of [1, 2]) {
      const seen = await observe(task.name);
      expect(seen.consumed_dispatch_notifications).toBe(0);
      expect(seen.dispatch_notifications.map(({ payload }) => payload["message"])).toEqual(["please look"]);
    }
  });

  it("refuses before it reads anything while the contract is not acknowledged", async () => {
    const { task } = await world.pair();
    await world.store.write((tx) =>
      tx.db.manager_configs.create({
        data: {
          task_id: task.id,
          seq: tx.seq(),
          updated_seq: tx.seq(),
          supervision_mode: "guided",
          guidelines_json: "[]",
          acceptance_criteria_json: "[]",
          reference_paths_json: "[]",
          permissions_json: "{}",
          require_acks: true,
          created_at: tx.now,
          updated_at: tx.now,
        },
      }),
    );
    await expect(observe(task.name)).rejects.toMatchObject({
      code: "gate_failed",
      details: { missing: ["worker", "manager"] },
    });
    const { cycles, events } = await world.store.read(async (tx) => ({
      cycles: await tx.db.manager_cycles.findMany(),
      events: await tx.db.codex_events.count(),
    }));
    expect(cycles).toMatchObject([{ state: "failed", error: expect.stringContaining("was not acknowledged") }]);
    const asked = await world.store.read((tx) => tx.db.operator_items.findMany({ orderBy: { seq: "asc" } }));
    expect(asked.map(({ kind, subject }) => [kind, subject])).toEqual([
      ["stale_ack", "worker"],
      ["stale_ack", "manager"],
    ]);
    expect(events).toBe(0);
  });

  it("names the phase that failed, in the row and in its spans", async () => {
    const { task, worker } = await world.pair();
    await world.store.write((tx) =>
      tx.db.sessions.update({
        where: { id: worker.session_id },
        data: { codex_session_path: "/nowhere/rollout-x.jsonl" },
      }),
    );
    await expect(observe(task.name)).rejects.toMatchObject({ code: "rollout_missing" });
    const { cycle: row, spans } = await world.store.read(async (tx) => ({
      cycle: await tx.db.manager_cycles.findFirstOrThrow(),
      spans: await tx.db.manager_cycle_spans.findMany({ orderBy: { seq: "asc" } }),
    }));
    expect(JSON.parse(row.status_json ?? "{}")).toMatchObject({
      error_type: "IngestError",
      failure_phase: "ingest_rollout",
    });
    expect(spans.map(({ phase, state }) => [phase, state])).toEqual([
      ["start_cycle", "succeeded"],
      ["ingest_rollout", "failed"],
      ["cycle_failed", "failed"],
    ]);
  });

  it("writes no row for a task that nobody is bound to", async () => {
    const task = await world.task();
    await expect(observe(task.name)).rejects.toMatchObject({ code: "no_active_binding" });
    expect(await world.store.read((tx) => tx.db.manager_cycles.count())).toBe(0);
  });

  it.each([
    [
      "a command",
      "  Would you like to run the following command?\\n\\n› 1. Yes, proceed (y)\\n  2. No\\n",
      "approval_prompt",
    ],
    [
      "a tool of an MCP server",
      '  Field 1/1\\n  Allow the files MCP server to run tool "delete"?\\n\\n  › 1. Allow\\n    2. Cancel\\n  enter to submit | esc to cancel\\n',
      "approval_prompt",
    ],
    [
      "a command that fills the pane",
      "  echo one; echo two\\n↓\\n\\n  Press enter to confirm or esc to cancel\\n",
      "approval_prompt",
    ],
    [
      "a command that a pager shows",
      "echo one; echo two\\n~\\n~\\n q close\\n\\033]2;[ ! ] Action Required | hello | project\\007",
      "action_required",
    ],
  ])("sees at once that the worker's pane asks for approval of %s", async (_what, shown, notable_pattern) => {
    await world.tmux("w-pane", ["sh", "-c", `printf '${shown}'; sleep 600`]);
    const { task } = await world.pair({ worker: { tmux_session: "w-pane" } });
    await expect
      .poll(() => observe(task.name), { timeout: 10_000 })
      .toMatchObject({
        attention: "approval",
        notable_pane_pattern: notable_pattern,
        pane_signal: { captured: true, notable_pattern, attention: "approval" },
      });
  });

  it("does not take the name of a thread for a prompt", async () => {
    const name = "Action required: press enter to continue";
    const shown = `› Ask Codex to do anything\\n\\n  model · /p · ${name}\\n  ? for shortcuts\\033]2;${name} | p\\007`;
    await world.tmux("w-named", ["sh", "-c", `printf '${shown}'; sleep 600`]);
    const { task } = await world.pair({ worker: { tmux_session: "w-named" } });
    await expect
      .poll(() => observe(task.name), { timeout: 10_000 })
      .toMatchObject({ attention: "none", notable_pane_pattern: null, pane_signal: { pane_title: `${name} | p` } });
  });
});
