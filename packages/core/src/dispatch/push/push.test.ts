import { operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { worker as listWorker } from "../../inbox/list.ts";
import { createWorld, type World } from "../../testing/world.ts";
import { APPROVAL_DIALOG, Panes } from "../testing/panes.ts";
import { continuation, events, loopRun, nudge, pass, rowsOf, turn } from "../testing/scenes.ts";
import { judgeFailedPush } from "./push-outcome.ts";

describe("a message for a terminal", () => {
  let world: World;
  let panes: Panes;
  beforeEach(() => {
    world = createWorld();
    panes = new Panes(world);
  });
  afterEach(async () => {
    await panes.close();
    await world.close();
  });

  const pairInTmux = (session = "codex-w") => world.pair({ worker: { tmux_session: session } });
  const items = async (task: string) =>
    (await listWorker(world.ctx, operations.inbox.worker.input.parse({ task }))).items;

  it("is typed into the pane, submitted and recorded, and then waits in no inbox", async () => {
    await panes.composer("codex-w");
    const { task, worker, manager } = await pairInTmux();
    await nudge(panes.ctx, task.name, "Run the\nparser tests");
    const { processed } = await pass(panes.ctx);
    expect(processed).toMatchObject([
      {
        state: "delivered",
        delivery_mode: "push",
        side_effect_started: true,
        side_effect_completed: true,
        target_session: worker.name,
        send_result: { session: "codex-w", text: "Run the\nparser tests", dry_run: false, submission: "confirmed" },
      },
    ]);
    const line = `[from ${manager.name} (manager), item #1]`;
    expect(panes.received("codex-w")).toBe(`\u001b[200~ ${line}\rRun the\rparser tests \u001b[201~\r`);
    // What the agent has recorded as said to it waits for nobody: it would be done twice.
    expect(await listWorker(world.ctx, operations.inbox.worker.input.parse({ task: task.name }))).toMatchObject({
      items: [],
      pending_count: 0,
    });
    expect(await rowsOf(world, "SELECT state, delivery_mode, submission, transport FROM routed_notifications")).toEqual(
      [{ state: "delivered", delivery_mode: "push", submission: "confirmed", transport: "tmux" }],
    );
    expect(await world.telemetryEvent("dispatch_signal_routed")).toMatchObject({
      attributes: { target_session: worker.name },
    });
    const told = await world.telemetryEvent("dispatch_command_succeeded");
    expect(told?.attributes["result"]).toMatchObject({ send_result: { text_length: 20 } });
    expect(JSON.stringify(told)).not.toContain("parser tests");
    const [attempt] = await rowsOf<{ result_json: string }>(world, "SELECT result_json FROM command_attempts");
    expect(attempt?.result_json).toContain("parser tests");
  });

  it("falls back to the inbox in the same attempt when the terminal is gone", async () => {
    await panes.composer("codex-wider");
    const { task } = await pairInTmux("codex-w");
    await nudge(panes.ctx, task.name, "anybody?");
    const { processed } = await pass(panes.ctx);
    expect(processed).toMatchObject([
      { state: "pull_required", fallback_from: "push", delivery_mode: "pull_required", side_effect_started: false },
    ]);
    expect(panes.received("codex-wider")).toBe("");
    expect(await items(task.name)).toMatchObject([{ state: "delivered", delivery_mode: "pull_required" }]);
    expect(await world.telemetryEvent("dispatch_push_fallback")).toMatchObject({ severity: "warning" });
    expect(await rowsOf(world, "SELECT state, attempts FROM commands")).toEqual([{ state: "succeeded", attempts: 1 }]);
  });

  it("waits while the pane asks a human, uses up no attempt, and touches nothing", async () => {
    await panes.composer("codex-w", APPROVAL_DIALOG);
    const { task } = await pairInTmux();
    await nudge(panes.ctx, task.name, "please proceed");
    const { processed } = await pass(panes.ctx);
    expect(processed).toMatchObject([{ state: "requeued", error_code: "pane_not_ready", side_effect_started: false }]);
    expect(panes.received("codex-w")).toBe("");
    const [command] = await rowsOf<Record<string, string>>(
      world,
      "SELECT state, attempts, available_at, updated_at, claimed_by FROM commands",
    );
    expect(command).toMatchObject({ state: "pending", attempts: 0, claimed_by: null });
    expect(Date.parse(command?.["available_at"] ?? "") - Date.parse(command?.["updated_at"] ?? "")).toBe(2000);
    expect(await rowsOf(world, "SELECT state FROM command_attempts")).toEqual([{ state: "abandoned" }]);
    expect((await pass(panes.ctx)).processed).toEqual([]);

    await panes.ctx.host.tmux.kill("codex-w");
    await panes.composer("codex-w");
    await world.store.fast((tx) => tx.sql.atomic("UPDATE commands SET available_at = NULL").run());
    expect((await pass(panes.ctx)).processed).toMatchObject([{ state: "delivered", notification_id: 1 }]);
    expect(panes.received("codex-w")).toContain("please proceed");
  });

  it("that fails after the pane was touched is a risk and never repeated", async () => {
    await panes.composer("codex-w");
    const { task } = await pairInTmux();
    await nudge(panes.ctx, task.name, "half sent");
    const { tmux } = panes.ctx.host;
    const dying = {
      ...panes.ctx,
      host: {
        ...panes.ctx.host,
        tmux: {
          ...tmux,
          pushText: (request: Parameters<typeof tmux.pushText>[0]) =>
            tmux.pushText({
              ...request,
              onBufferLoaded: async () => {
                await request.onBufferLoaded?.();
                await tmux.kill("codex-w");
              },
            }),
        },
      },
    };
    expect((await pass(dying)).processed).toMatchObject([
      { state: "failed", error_code: "push_failed", side_effect_started: true, side_effect_completed: false },
    ]);
    expect(
      await rowsOf(world, "SELECT state, side_effect_started AS s, side_effect_completed AS c FROM command_attempts"),
    ).toEqual([{ state: "failed", s: 1, c: 0 }]);
    expect(await rowsOf(world, "SELECT state, side_effect_started AS s FROM routed_notifications")).toEqual([
      { state: "failed", s: 1 },
    ]);
    expect((await pass(panes.ctx)).processed).toEqual([]);
  });

  it("that is a continuation carries its policy and begins the iteration at delivery", async () => {
    await panes.composer("codex-w");
    const { task } = await pairInTmux();
    const { run_id } = await loopRun(world, task.id, { required_before_continue: [] });
    await continuation(world, task.id, run_id, 2);
    expect((await pass(panes.ctx)).processed).toMatchObject([
      { state: "delivered", requested_iteration: 2, reason: null },
    ]);
    expect(panes.received("codex-w")).toContain(run_id);
    expect(await world.telemetryEvent("ralph_loop_iteration_advanced")).toMatchObject({
      run_id,
      attributes: { advanced_by: "push_delivery", current_iteration: 2 },
    });
  });

  it("is not typed by a dispatcher that has lost its lease", async () => {
    await panes.composer("codex-w");
    const { task } = await pairInTmux();
    await nudge(panes.ctx, task.name, "twice?");
    const slow = panes.beforeTyping(() =>
      world.store.fast((tx) => tx.sql.atomic("UPDATE commands SET claimed_by = 'another'").run()),
    );
    expect((await pass(slow)).processed).toMatchObject([{ state: "failed", error_code: "lease_lost" }]);
    expect(panes.received("codex-w")).toBe("");
    expect(await rowsOf(world, "SELECT state FROM command_attempts")).toEqual([{ state: "running" }]);
  });

  it("reports a finished turn to a manager with a terminal", async () => {
    await panes.composer("codex-m");
    const { task, worker } = await world.pair({ manager: { tmux_session: "codex-m" } });
    await events(world, worker.session_id, turn("t1"));
    expect((await pass(panes.ctx)).processed).toMatchObject([
      { state: "delivered", delivery_mode: "push", task: task.name },
    ]);
    expect(panes.received("codex-m")).toContain(worker.name);
  });

  it("puts a report off while the manager's pane asks something", async () => {
    await panes.composer("codex-m", APPROVAL_DIALOG);
    const { worker } = await world.pair({ manager: { tmux_session: "codex-m" } });
    await events(world, worker.session_id, turn("t1"));
    expect((await pass(panes.ctx)).processed).toMatchObject([{ state: "requeued", error_code: "pane_not_ready" }]);
    expect((await pass(panes.ctx)).processed).toEqual([]);
    expect(await rowsOf(world, "SELECT state, claimed_by FROM routed_notifications")).toEqual([
      { state: "pending", claimed_by: null },
    ]);
  });
});

describe("judgeFailedPush", () => {
  const push = { code: "tmux_timeout", started: false, attempts: 1, max_attempts: 3, looks: 1 };
  it.each([
    [
      "fails what was touched",
      { started: true, code: "tmux_pane_missing" },
      { kind: "fail", error_code: "push_failed" },
    ],
    ["lets go of what is another's", { code: "lease_lost" }, { kind: "let_go" }],
    ["falls back without a session", { code: "tmux_session_missing" }, { kind: "fall_back" }],
    ["falls back without a pane", { code: "tmux_pane_missing" }, { kind: "fall_back" }],
    ["falls back without a server", { code: "tmux_no_server" }, { kind: "fall_back" }],
    [
      "waits for a human",
      { code: "pane_not_ready", looks: 3 },
      { kind: "defer", uses_attempt: false, pause_seconds: 8 },
    ],
    ["tries again later", { attempts: 2 }, { kind: "defer", uses_attempt: true, pause_seconds: 4 }],
    ["gives up at the last attempt", { attempts: 3 }, { kind: "fail", error_code: "push_target_unavailable" }],
  ])("%s", (_name, facts, verdict) => {
    expect(judgeFailedPush({ ...push, ...facts })).toMatchObject(verdict);
  });
});
