import { appendFileSync } from "node:fs";
import { operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CRASH_STEPS, type CrashStep } from "../../shared/crash-hook.ts";
import { createWorld, type World } from "../../testing/world.ts";
import { Panes } from "../testing/panes.ts";
import { continuation, events, loopRun, nudge, pass, rowsOf, turn } from "../testing/scenes.ts";
import { type ProcessRequest, startProcess } from "../testing/spawn.ts";

/** What is delivered to whom. */
type Scene = "command to inbox" | "command to terminal" | "report to inbox" | "report to terminal";

interface Crash {
  /** With `:N`: at the Nth time. */
  at: CrashStep | `${CrashStep}:${number}`;
  of: Scene;
  /** Left behind: the command, its newest attempt and the item, each as "state" or "state started/completed". */
  command: string | null;
  attempt: string | null;
  item: string | null;
  /** How often the text is in the terminal by then. */
  typed: 0 | 1;
  /** What the next pass says. */
  next: readonly object[];
  /** How the item ends, and how often the text was typed in the end. */
  ends: string;
  typed_in_the_end: 0 | 1;
}

const REQUEUED = { state: "requeued", side_effect_started: false };
const RISK = { state: "failed", error_code: "stale_side_effect" };

/** Of a command for a terminal: what the table of spec 03 §10 says. */
const COMMAND = { of: "command to terminal", command: "attempted", typed: 0 } as const;
const UNTOUCHED = {
  ...COMMAND,
  attempt: "running 0/0",
  item: "pending 0/0",
  next: [REQUEUED, { state: "delivered", notification_id: 1, attempt_id: 2 }],
  ends: "delivered 1/1",
  typed_in_the_end: 1,
} as const;
const TOUCHED = {
  ...COMMAND,
  attempt: "running 1/0",
  item: "pending 1/0",
  next: [{ ...RISK, side_effect_started: true, side_effect_completed: false }],
  ends: "failed 1/0",
} as const;
const SENT = {
  ...COMMAND,
  attempt: "running 1/1",
  item: "pending 1/1",
  typed: 1,
  next: [{ ...RISK, side_effect_started: true, side_effect_completed: true }],
  ends: "failed 1/1",
  typed_in_the_end: 1,
} as const;

/** The same of a report, which has neither command nor attempts. */
const REPORT = { of: "report to terminal", command: null, attempt: null } as const;
const UNTOUCHED_REPORT = {
  ...UNTOUCHED,
  ...REPORT,
  next: [{ state: "delivered", recovered: true, notification_id: 1 }],
} as const;
const TOUCHED_REPORT = { ...TOUCHED, ...REPORT, next: [RISK] } as const;
const SENT_REPORT = { ...SENT, ...REPORT, next: [RISK] } as const;

const DELIVERY_CRASHES: readonly Crash[] = [
  {
    at: "claimed",
    of: "command to inbox",
    command: "pending",
    attempt: null,
    item: null,
    typed: 0,
    next: [{ state: "pull_required" }],
    ends: "delivered 0/0",
    typed_in_the_end: 0,
  },
  {
    ...UNTOUCHED,
    at: "claimed",
    command: "pending",
    attempt: null,
    item: null,
    next: [{ state: "delivered", attempt_id: 1 }],
  },
  { ...UNTOUCHED, at: "item_inserted" },
  { ...UNTOUCHED, at: "buffer_loaded" },
  { ...TOUCHED, at: "side_effect_started", typed: 0, typed_in_the_end: 0 },
  { ...TOUCHED, at: "text_typed", typed: 1, typed_in_the_end: 1 },
  { ...TOUCHED, at: "submitted", typed: 1, typed_in_the_end: 1 },
  { ...SENT, at: "pasted" },
  { ...SENT, at: "finishing" },
  {
    ...SENT,
    at: "completed",
    command: "succeeded",
    attempt: "succeeded 1/1",
    item: "delivered 1/1",
    next: [],
    ends: "delivered 1/1",
  },
  {
    at: "completion_detected",
    of: "report to inbox",
    command: null,
    attempt: null,
    item: null,
    typed: 0,
    next: [{ state: "pull_required" }],
    ends: "delivered 0/0",
    typed_in_the_end: 0,
  },
  {
    at: "completion_claimed",
    of: "report to inbox",
    command: null,
    attempt: null,
    item: "delivered 0/0",
    typed: 0,
    next: [],
    ends: "delivered 0/0",
    typed_in_the_end: 0,
  },
  { ...UNTOUCHED_REPORT, at: "completion_detected", item: null, next: [{ state: "delivered", notification_id: 1 }] },
  { ...UNTOUCHED_REPORT, at: "completion_claimed" },
  { ...UNTOUCHED_REPORT, at: "buffer_loaded" },
  { ...TOUCHED_REPORT, at: "side_effect_started", typed: 0, typed_in_the_end: 0 },
  { ...TOUCHED_REPORT, at: "text_typed", typed: 1, typed_in_the_end: 1 },
  { ...TOUCHED_REPORT, at: "submitted", typed: 1, typed_in_the_end: 1 },
  { ...SENT_REPORT, at: "pasted" },
  { ...SENT_REPORT, at: "finishing" },
  { ...SENT_REPORT, at: "completed", item: "delivered 1/1", next: [], ends: "delivered 1/1" },
];

/** Steps that other tests let a process die at: those below, and the start of a session in the end-to-end suite. */
const DIES_ELSEWHERE: readonly CrashStep[] = [
  "registered",
  "heartbeat",
  "ingest_block",
  "recovering",
  "recovered",
  "settling",
  "item_consumed",
  "consumed",
  "session_started",
];

it("a process is killed at every step that there is", () => {
  const tried = new Set([...DELIVERY_CRASHES.map(({ at }) => at), ...DIES_ELSEWHERE]);
  expect(CRASH_STEPS.filter((step) => !tried.has(step))).toEqual([]);
});

describe("a process that is killed", () => {
  let world: World;
  let panes: Panes;
  beforeEach(() => {
    world = createWorld();
    panes = new Panes(world);
  });
  afterEach(async () => {
    expect(await rowsOf(world, "PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
    expect(await rowsOf(world, "PRAGMA foreign_key_check")).toEqual([]);
    await panes.close();
    await world.close();
  });

  /** Run something in a process of its own that dies at this step. */
  const killAt = async (abort_at: string, request: Partial<ProcessRequest> = {}) => {
    const input = operations.dispatch.run.input.parse({ dispatcher_id: "victim" });
    const all = { action: "run", input, abort_at, tmux_socket: panes.socket_name, ...request } as const;
    const { signal } = await startProcess(world, all).ended;
    expect(signal).toBe("SIGKILL");
  };
  /** The newest row of a table, as its state and its side-effect marks. */
  const stateOf = async (table: string, marks = true) => {
    const columns = marks ? "state || ' ' || side_effect_started || '/' || side_effect_completed" : "state";
    const [row] = await rowsOf<{ now: string }>(
      world,
      `SELECT ${columns} AS now FROM ${table} ORDER BY seq DESC LIMIT 1`,
    );
    return row?.now ?? null;
  };
  const typed = () => (panes.received("codex").match(/hello|appears to have finished/g) ?? []).length;

  /** A command or a finished turn on its way to somebody. */
  const prepare = async (scene: Scene) => {
    const terminal = scene.endsWith("terminal") ? { tmux_session: "codex" } : {};
    if (scene.endsWith("terminal")) await panes.composer("codex");
    if (scene.startsWith("command")) {
      const { task } = await world.pair({ worker: terminal });
      await nudge(world.ctx, task.name, "hello");
    } else {
      const { worker } = await world.pair({ manager: terminal });
      await events(world, worker.session_id, turn("t1"));
    }
  };

  it.each(DELIVERY_CRASHES)("at $at of a $of: loses and repeats nothing, and says what is not known", async (crash) => {
    await prepare(crash.of);
    await killAt(crash.at);
    expect(await stateOf("commands", false)).toBe(crash.command);
    expect(await stateOf("command_attempts")).toBe(crash.attempt);
    expect(await stateOf("routed_notifications")).toBe(crash.item);
    expect(typed()).toBe(crash.typed);

    // Nobody waits for the lease of a minute: on the same machine it is certain that its holder is dead.
    expect((await pass(panes.ctx)).processed).toMatchObject(crash.next);
    expect(await stateOf("routed_notifications")).toBe(crash.ends);
    expect(await rowsOf(world, "SELECT count(*) AS n FROM routed_notifications")).toEqual([{ n: 1 }]);
    expect((await pass(panes.ctx)).processed).toEqual([]);
    expect(typed()).toBe(crash.typed_in_the_end);
    if (crash.command !== null) {
      const succeeded = crash.ends.startsWith("delivered");
      expect(await stateOf("commands", false)).toBe(succeeded ? "succeeded" : "failed");
    }
  });

  it("while a message was typed leaves the reason with the command and its attempt", async () => {
    await prepare("command to terminal");
    await killAt("text_typed");
    await pass(panes.ctx);
    for (const table of ["commands", "command_attempts"]) {
      const [row] = await rowsOf<{ result_json: string; error: string }>(
        world,
        `SELECT result_json, error FROM ${table} ORDER BY seq LIMIT 1`,
      );
      expect(row?.error).toContain("look at the target");
      expect(JSON.parse(row?.result_json ?? "null")).toMatchObject({ error_code: "stale_side_effect", attempt_id: 1 });
    }
    expect(await world.telemetryEvent("dispatch_command_failed")).toMatchObject({
      severity: "error",
      attributes: { recovery_state: "failed", side_effect_started: true },
    });
  });

  it("in the middle of a batch for inboxes has done either all of the batch or nothing", async () => {
    const { task } = await world.pair();
    for (let index = 0; index < 5; index += 1) await nudge(world.ctx, task.name, `hello ${index}`);
    await killAt("claimed:3");
    expect(await rowsOf(world, "SELECT DISTINCT state, attempts FROM commands")).toEqual([
      { state: "pending", attempts: 0 },
    ]);
    expect((await pass(world.ctx)).processed).toHaveLength(5);
    const order =
      "SELECT json_extract(payload_json, '$.message') AS m FROM routed_notifications ORDER BY delivered_seq";
    expect((await rowsOf<{ m: string }>(world, order)).map(({ m }) => m)).toEqual(
      [0, 1, 2, 3, 4].map((index) => `hello ${index}`),
    );
  });

  it.each(["recovering", "recovered"] as const)("while it takes over from another (%s) loses nothing", async (step) => {
    await prepare("command to terminal");
    await killAt("buffer_loaded");
    await killAt(step);
    const { processed } = await pass(panes.ctx);
    expect(processed.at(-1)).toMatchObject({ state: "delivered", notification_id: 1, attempt_id: 2 });
    expect(await rowsOf(world, "SELECT state FROM command_attempts ORDER BY id")).toEqual([
      { state: "abandoned" },
      { state: "succeeded" },
    ]);
    expect(typed()).toBe(1);
  });

  it("between two parts of a rollout has every record read once and its turn reported once", async () => {
    const rollout = world.rollout({ thread_id: "11111111-1111-4111-8111-111111111111" });
    await world.pair({ worker: { codex_session: rollout } });
    const record = (payload: object) => ({ timestamp: world.host.clock.iso(), type: "event_msg", payload });
    const filling = record({ type: "agent_message", message: "x".repeat(3_000) });
    const records = [
      record({ type: "task_started", turn_id: "t1" }),
      ...Array.from({ length: 1_000 }, () => filling),
      record({ type: "task_complete", turn_id: "t1" }),
    ];
    appendFileSync(rollout, records.map((line) => `${JSON.stringify(line)}\n`).join(""));
    const input = operations.dispatch.run.input.parse({ dispatcher_id: "victim" });
    await killAt("ingest_block", { input, ingest: true });
    const stored = async () =>
      (await rowsOf<{ n: number }>(world, "SELECT count(*) AS n FROM codex_events"))[0]?.n ?? 0;
    expect(await stored()).toBeGreaterThan(0);
    expect(await stored()).toBeLessThan(records.length);

    const { ended } = startProcess(world, { action: "run", input, ingest: true });
    expect((await ended).document).toMatchObject({ processed: [{ state: "pull_required" }] });
    expect(await stored()).toBe(records.length + 1);
    expect((await pass(world.ctx)).processed).toEqual([]);
  });

  it.each(["registered", "heartbeat", "heartbeat:2"])("as a watcher (%s) leaves its place at once", async (step) => {
    const { task } = await world.pair();
    await nudge(world.ctx, task.name, "hello");
    const watch = { dispatcher_id: "d1", interval: 0.05 };
    await killAt(step, { action: "watch", input: operations.dispatch.watch.input.parse(watch) });
    const again = { ...watch, exclusive: true, watch_iterations: 1, interval: 3600 };
    const { ended } = startProcess(world, { action: "watch", input: operations.dispatch.watch.input.parse(again) });
    const { document } = await ended;
    expect(document).toMatchObject({ iterations: 1 });
    expect(document).not.toHaveProperty("already_running");
    expect(await rowsOf(world, "SELECT state FROM routed_notifications")).toEqual([{ state: "delivered" }]);
    expect(await rowsOf(world, "SELECT count(*) AS n FROM dispatchers WHERE stopped_at IS NULL")).toEqual([{ n: 1 }]);
  });

  it("as a consumer takes nothing until the loop has moved too", async () => {
    const { task } = await world.pair();
    const { run_id } = await loopRun(world, task.id, { required_before_continue: [] });
    await continuation(world, task.id, run_id, 2);
    await pass(world.ctx);
    const input = operations.inbox.takeWorker.input.parse({ task: task.name });
    const seen = async () => {
      const [row] = await rowsOf<{ taken: number; iteration: number }>(
        world,
        `SELECT n.consumed_at IS NOT NULL AS taken, json_extract(r.metadata_json, '$.current_iteration') AS iteration
         FROM routed_notifications n, runs r`,
      );
      const [{ told } = { told: 0 }] = await rowsOf<{ told: number }>(
        world,
        "SELECT count(*) AS told FROM telemetry_events WHERE event_type = 'dispatch_inbox_consumed'",
      );
      return { ...row, told };
    };
    await killAt("item_consumed", { action: "take", input });
    expect(await seen()).toEqual({ taken: 0, iteration: 1, told: 0 });
    await killAt("consumed", { action: "take", input });
    expect(await seen()).toEqual({ taken: 1, iteration: 2, told: 1 });
  });

  it("again and again has its message given up after the last attempt", async () => {
    await prepare("command to terminal");
    for (const attempt of [1, 2, 3]) {
      await killAt("item_inserted");
      expect(await rowsOf(world, "SELECT attempts FROM commands")).toEqual([{ attempts: attempt }]);
    }
    expect((await pass(panes.ctx)).processed).toMatchObject([{ state: "failed", error_code: "attempts_exhausted" }]);
    expect(await stateOf("routed_notifications")).toBe("failed 0/0");
    expect(typed()).toBe(0);
  });

  it("is waited for until its lease ends when nobody can know whether it is dead", async () => {
    await prepare("command to terminal");
    await killAt("item_inserted");
    await world.store.fast((tx) => tx.sql.atomic("UPDATE dispatchers SET host_id = 'elsewhere'").run());
    expect((await pass(panes.ctx)).processed).toEqual([]);
    await world.store.fast((tx) => tx.sql.atomic("DELETE FROM dispatchers").run());
    expect((await pass(panes.ctx)).processed).toEqual([]);
    await world.store.fast((tx) => tx.sql.atomic("UPDATE commands SET claim_expires_at = claimed_at").run());
    expect((await pass(panes.ctx)).processed).toMatchObject([REQUEUED, { state: "delivered" }]);
  });
});
