import { operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { takeWorker } from "../../inbox/take.ts";
import { createWorld, type World } from "../../testing/world.ts";
import { commands as listCommands } from "../commands.ts";
import { Panes } from "../testing/panes.ts";
import { continuation, events, loopRun, nudge, pass, rowsOf, turn } from "../testing/scenes.ts";

const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

/** Change the ledger in ways that it would refuse: as a program with other rules, or a damaged file, would leave it. */
async function damage(sql: string, ...values: unknown[]): Promise<void> {
  const { handle } = world.store;
  for (const rule of ["foreign_keys = OFF", "ignore_check_constraints = ON"]) handle.pragma(rule);
  await world.store.fast((tx) => tx.sql.search(sql).run(...values));
  for (const rule of ["foreign_keys = ON", "ignore_check_constraints = OFF"]) handle.pragma(rule);
}

const stored = (state: string) =>
  rowsOf<{ n: number }>(world, `SELECT count(*) AS n FROM routed_notifications WHERE state = '${state}'`);

describe("a command that cannot be delivered as it is", () => {
  const PAYLOADS: readonly [what: string, payload: string, error_code: string | null][] = [
    ["no JSON", "Run the tests", "invalid_payload"],
    ["half a JSON object", '{"message":"Run', "invalid_payload"],
    ["nothing", "", "invalid_payload"],
    ["an array", '["message"]', "invalid_payload"],
    ["null", "null", "invalid_payload"],
    ["a text", '"message"', "invalid_payload"],
    ["no message", "{}", "invalid_payload"],
    ["a blank message", '{"message":" \\n\\t "}', "invalid_payload"],
    ["a message that is no text", '{"message":{"text":"Run"}}', "invalid_payload"],
    ["10,000 arrays in one another as message", `{"message":${nested(10_000)}}`, "invalid_payload"],
    ["10,000 arrays beside the message", `{"message":"deep","more":${nested(10_000)}}`, null],
    ["a message of 1 MB", JSON.stringify({ message: "x".repeat(1_000_000) }), null],
    ["NUL and half a surrogate pair in the message", '{"message":"a\\u0000b\\ud800c"}', null],
  ];

  it.each(PAYLOADS)(
    "because its payload is %s ends and lets the others through",
    async (_what, payload, error_code) => {
      const { task } = await world.pair();
      const first = await nudge(world.ctx, task.name, "to be spoiled");
      await nudge(world.ctx, task.name, "sound");
      await damage("UPDATE commands SET payload_json = ? WHERE id = ?", payload, first.command_id);

      const { processed } = await pass(world.ctx);
      expect(processed).toMatchObject([
        {
          command_id: first.command_id,
          ...(error_code ? { state: "failed", error_code } : { state: "pull_required" }),
        },
        { state: "pull_required" },
      ]);
      expect((await pass(world.ctx)).processed).toEqual([]);
      const [command] = await rowsOf<{ state: string; result_json: string }>(
        world,
        "SELECT * FROM commands ORDER BY seq",
      );
      expect(command?.state).toBe(error_code === null ? "succeeded" : "failed");
      if (error_code !== null) expect(JSON.parse(command?.result_json ?? "")).toMatchObject({ error_code });
    },
  );

  it.each(PAYLOADS)("because its payload is %s is planned by a dry run like any other", async (_what, payload) => {
    const { task } = await world.pair();
    const { run_id } = await loopRun(world, task.id, { required_before_continue: [] });
    await continuation(world, task.id, run_id, 2);
    await damage("UPDATE commands SET payload_json = ?", payload);
    await nudge(world.ctx, task.name, "sound");
    expect((await pass(world.ctx, { dry_run: true })).processed).toMatchObject([
      { state: "planned", gate_preview: { would_block: true, reason: "invalid_payload" } },
      { state: "planned" },
    ]);
  });

  it("reaches its reader as it was written, however long or odd the text", async () => {
    const { task } = await world.pair();
    const texts = ["x".repeat(1_000_000), "a\u0000b", "\u001b[31mred", "👩‍💻".repeat(1_000)];
    for (const text of texts) await nudge(world.ctx, task.name, text);
    await pass(world.ctx);
    const input = operations.inbox.takeWorker.input.parse({ task: task.name, limit: 0 });
    for (const text of texts) expect((await takeWorker(world.ctx, input)).consumed?.payload["message"]).toBe(text);
  });

  it("because of its type is left alone: it is not for Dispatch", async () => {
    const { task } = await world.pair();
    const odd = await nudge(world.ctx, task.name, "odd");
    await nudge(world.ctx, task.name, "sound");
    await damage("UPDATE commands SET type = 'sing_a_song' WHERE id = ?", odd.command_id);
    expect((await pass(world.ctx)).processed).toMatchObject([{ state: "pull_required" }]);
    const [command] = await listCommands(world.ctx, operations.dispatch.commands.input.parse({ type: "sing_a_song" }));
    expect(command).toMatchObject({ state: "pending", attempts: 0 });
  });

  it.each([
    ["names no task", "UPDATE commands SET task_id = NULL WHERE id = ?", "no_active_binding"],
    ["names a task that is gone", "UPDATE commands SET task_id = 'task-gone' WHERE id = ?", "no_active_binding"],
    [
      "is for a binding without worker",
      "UPDATE bindings SET worker_session_id = NULL WHERE task_id = (SELECT task_id FROM commands WHERE id = ?)",
      "no_active_binding",
    ],
    [
      "is for a binding whose worker is gone",
      "UPDATE bindings SET worker_session_id = 'gone' WHERE task_id = (SELECT task_id FROM commands WHERE id = ?)",
      "no_active_binding",
    ],
    [
      "has an attempt that somebody left running",
      "INSERT INTO command_attempts (seq, command_id, correlation_id, dispatcher_id, started_at, state) SELECT 999999, id, 'c', 'd', created_at, 'running' FROM commands WHERE id = ?",
      "internal",
    ],
  ])("because it %s ends and lets the others through", async (_what, sql, error_code) => {
    const [spoiled, sound] = [await world.pair(), await world.pair()];
    const first = await nudge(world.ctx, spoiled.task.name, "to be spoiled");
    await nudge(world.ctx, sound.task.name, "sound");
    await damage(sql, first.command_id);
    const { processed } = await pass(world.ctx);
    expect(processed).toMatchObject([
      { command_id: first.command_id, state: "failed", error_code },
      { state: "pull_required" },
    ]);
    expect(await rowsOf(world, "SELECT state, count(*) AS n FROM commands GROUP BY state")).toEqual([
      { state: "failed", n: 1 },
      { state: "succeeded", n: 1 },
    ]);
    expect(await rowsOf(world, "SELECT 1 FROM command_attempts WHERE state = 'running'")).toEqual([]);
    if (error_code === "internal") {
      expect(await world.telemetryEvent("dispatch_item_error")).toMatchObject({ severity: "error" });
    }
  });

  it("because its permissions or its loop cannot be read is refused, not let through", async () => {
    const { task } = await world.pair();
    const { run_id } = await loopRun(world, task.id, { required_before_continue: [] });
    await continuation(world, task.id, run_id, 2);
    await damage("UPDATE runs SET metadata_json = '{\"kind\":' WHERE id = ?", run_id);
    const broken = {
      seq: 1,
      updated_seq: 1,
      supervision_mode: "guided",
      guidelines_json: "[]",
      reference_paths_json: "[]",
    };
    await world.store.write((tx) =>
      tx.db.manager_configs.create({
        data: {
          ...broken,
          task_id: task.id,
          acceptance_criteria_json: "[]",
          permissions_json: "{}",
          created_at: tx.now,
          updated_at: tx.now,
        },
      }),
    );
    await damage("UPDATE manager_configs SET permissions_json = '{'");
    await nudge(world.ctx, task.name, "open it", { required_permission: "create_pr" });
    await nudge(world.ctx, task.name, "sound");
    const { processed } = await pass(world.ctx);
    expect(processed.map(({ state }) => state)).toEqual(["failed", "failed", "pull_required"]);
    expect(await stored("delivered")).toEqual([{ n: 1 }]);
  });

  it("because its result is more than the ledger takes ends without it", async () => {
    const { task } = await world.pair();
    const { run_id } = await loopRun(world, task.id, { required_before_continue: [] });
    // SQLite takes JSON of 1000 levels; the loop's own fit, and what Dispatch says of the loop puts more around them.
    await world.store.fast((tx) =>
      tx.sql
        .hot("UPDATE runs SET metadata_json = json_set(metadata_json, '$.artifact_requirements', json(?)) WHERE id = ?")
        .run(`{"a":${nested(990)}}`, run_id),
    );
    const command_id = await continuation(world, task.id, run_id, 2);
    await nudge(world.ctx, task.name, "sound");
    const { processed } = await pass(world.ctx);
    expect(processed.map(({ state }) => state)).toContain("pull_required");
    expect(processed[0]).toMatchObject({ command_id });
    expect((await pass(world.ctx)).processed).toEqual([]);
    expect(await rowsOf(world, "SELECT 1 FROM commands WHERE state IN ('pending', 'attempted')")).toEqual([]);
  });

  it("because nothing about it can be written ends with one plain row", async () => {
    const { task } = await world.pair();
    const first = await nudge(world.ctx, task.name, "to be spoiled", { correlation_id: "spoiled" });
    await nudge(world.ctx, task.name, "sound");
    await world.store.fast((tx) => {
      const refuse = (table: string, event: string, what: string) =>
        tx.handle.exec(
          `CREATE TRIGGER refuse_${table} BEFORE ${event} ON ${table} WHEN ${what} BEGIN SELECT RAISE(ABORT, 'refused'); END`,
        );
      refuse("command_attempts", "INSERT", "NEW.correlation_id = 'spoiled'");
      refuse("telemetry_events", "INSERT", "NEW.correlation_json LIKE '%spoiled%'");
    });
    const { processed } = await pass(world.ctx);
    expect(processed).toMatchObject([
      { command_id: first.command_id, state: "failed", error_code: "internal", attempt_id: null },
      { state: "pull_required" },
    ]);
    expect(await rowsOf(world, "SELECT state FROM commands ORDER BY seq")).toEqual([
      { state: "failed" },
      { state: "succeeded" },
    ]);
  });

  it("stands in nobody's way when its lease has run out either", async () => {
    const { task } = await world.pair();
    for (const text of ["to be spoiled", "sound"]) await nudge(world.ctx, task.name, text);
    await damage(
      `UPDATE commands SET state = 'attempted', attempts = 1, claimed_by = 'dead', claimed_at = created_at,
              claim_expires_at = '2020-01-01T00:00:00.000Z'`,
    );
    await damage("UPDATE commands SET task_id = 'task-gone' WHERE seq = (SELECT min(seq) FROM commands)");
    const { processed } = await pass(world.ctx);
    expect(processed).toMatchObject([
      { state: "failed", error_code: "no_active_binding" },
      { state: "requeued" },
      { state: "pull_required" },
    ]);
  });
});

describe("a finished turn that cannot be reported as it is", () => {
  it.each([
    ["no JSON", "done"],
    ["null", "null"],
    ["an array", "[1]"],
    ["10,000 arrays in one another", nested(10_000)],
  ])("because its record is %s is reported all the same, without what cannot be read", async (_what, payload) => {
    const { task, worker } = await world.pair();
    await events(world, worker.session_id, [...turn("spoiled"), ...turn("sound")]);
    await damage("UPDATE codex_events SET payload_json = ? WHERE turn_id = 'spoiled'", payload);
    await nudge(world.ctx, task.name, "sound");
    const { processed } = await pass(world.ctx);
    expect(processed.map(({ state }) => state)).toEqual(["pull_required", "pull_required", "pull_required"]);
    const [first] = await rowsOf<{ receipt: string }>(
      world,
      `SELECT json_extract(payload_json, '$.worker_receipt') AS receipt FROM routed_notifications
       WHERE signal_type = 'worker_task_complete' ORDER BY seq LIMIT 1`,
    );
    expect(JSON.parse(first?.receipt ?? "")).toMatchObject({ turn_id: null, last_agent_message: null });
    expect((await pass(world.ctx)).processed).toEqual([]);
  });

  it("is told of once per dispatcher, and the others get through", async () => {
    const { worker } = await world.pair();
    await events(world, worker.session_id, [...turn("spoiled"), ...turn("sound")]);
    await world.store.fast((tx) =>
      tx.handle.exec(
        `CREATE TRIGGER refuse_item BEFORE INSERT ON routed_notifications WHEN NEW.payload_json LIKE '%spoiled%'
         BEGIN SELECT RAISE(ABORT, 'refused'); END`,
      ),
    );
    const { processed } = await pass(world.ctx);
    expect(processed).toMatchObject([
      { state: "failed", error_code: "internal", signal_type: "worker_task_complete", notification_id: null },
      { state: "pull_required" },
    ]);
    expect(await world.telemetryEvent("dispatch_item_error")).toMatchObject({ severity: "error" });
  });

  it("is given up when it cannot be taken over from a dispatcher that died", async () => {
    const { task, worker } = await world.pair();
    await events(world, worker.session_id, [...turn("one"), ...turn("two")]);
    await pass(world.ctx);
    await damage(
      `UPDATE routed_notifications SET state = 'pending', delivered_at = NULL, claimed_by = 'dead', claimed_at = created_at,
              claim_expires_at = '2020-01-01T00:00:00.000Z'`,
    );
    await world.store.fast((tx) =>
      tx.handle.exec(
        `CREATE TRIGGER refuse_claim BEFORE UPDATE OF delivered_at ON routed_notifications WHEN NEW.id = 1
         BEGIN SELECT RAISE(ABORT, 'refused'); END`,
      ),
    );
    expect((await pass(world.ctx)).processed).toMatchObject([
      { state: "failed", error_code: "internal", notification_id: 1 },
      { state: "pull_required", recovered: true, notification_id: 2 },
    ]);
    expect((await pass(world.ctx)).processed).toEqual([]);
    await nudge(world.ctx, task.name, "sound");
    expect((await pass(world.ctx)).processed).toMatchObject([{ state: "pull_required" }]);
  });
});

describe("a text that no terminal takes", () => {
  it("is tried as often as it may be, fails before anything was typed, and the next one gets through", async () => {
    const panes = new Panes(world);
    try {
      await panes.composer("codex");
      const { task } = await world.pair({ worker: { tmux_session: "codex" } });
      await nudge(world.ctx, task.name, "x".repeat(1_048_576), { max_attempts: 2 });
      await nudge(world.ctx, task.name, "sound");
      const states: string[] = [];
      for (let look = 0; look < 2; look += 1) {
        const { processed } = await pass(panes.ctx);
        states.push(...processed.map(({ state, error_code }) => `${state} ${error_code ?? ""}`.trim()));
        await world.store.fast((tx) => tx.sql.atomic("UPDATE commands SET available_at = NULL").run());
      }
      // With the line that says whose it is, it is too long for one paste; the one after it keeps its place.
      expect(states).toEqual([
        "requeued push_target_unavailable",
        "requeued pane_busy",
        "failed push_target_unavailable",
        "delivered",
      ]);
      expect(panes.received("codex")).toContain("sound");
      expect(panes.received("codex")).not.toContain("xxx");
    } finally {
      await panes.close();
    }
  });
});
