import { expect } from "vitest";
import type { Answer } from "../support/world/answers.ts";
import { inEveryMode } from "../support/world/in-every-mode.ts";
import type { World } from "../support/world/world.ts";

inEveryMode("the contract of a task is written, asked about and looked up", async (world) => {
  await world.ask<"tasks.create">("tasks", "--create", "parser", "--goal", "parse everything");
  const config = await world.ask<"contract.configure">(
    ...["manager-config", "parser", "--recipe", "ship it", "--permit", "repo.open_pr", "--require-acks"],
  );
  expect(config).toMatchObject({ recipe_name: "ship-it-loop", revision: 1, require_acks: true });
  const { questions } = await world.ask<"contract.questions">("manager-config", "parser", "--questions");
  expect(questions).toHaveLength(11);
  const asked = await world.cli("manager-config", "parser", "--interactive");
  expect([asked.code, asked.stdout]).toEqual([2, ""]);
  expect(await world.ask<"contract.checkPermission">("manager-permission", "parser", "create_pr")).toMatchObject({
    allowed: true,
  });
  const denied = await world.cli("manager-permission", "parser", "repo.merge_green_pr", "--require");
  expect(denied.code).toBe(1);
  expect((await world.ask<"contract.listRecipes">("manager-recipes", "--list", "--json")).recipes).toHaveLength(8);
  expect(await world.ask<"contract.showRecipe">("manager-recipes", "--show", "ux polish", "--json")).toMatchObject({
    recipe: { name: "ux-polish-loop" },
  });
});

inEveryMode("both sides acknowledge the contract, and the worker leaves a plan and a handoff", async (world) => {
  await world.ask<"tasks.create">("tasks", "--create", "parser", "--goal", "parse everything");
  for (const command of ["worker-ack", "manager-ack"]) {
    expect(await world.ask<"contract.workerAck">(command, "parser")).toBeNull();
    const recorded = await (await world.begin([command, "parser", "--from-stdin"], { input: '{"task":"parser"}' }))
      .done;
    expect(recorded.code, recorded.stderr).toBe(0);
    expect(await world.ask<"contract.workerAck">(command, "parser")).toMatchObject({ revision: 1, current: false });
    const broken = await (await world.begin([command, "parser", "--from-stdin"], { input: "{" })).done;
    expect([broken.code, broken.stdout]).toEqual([2, ""]);
  }
  const input = "Accepted:\n- tests pass\nFollow-up:\n- docs\n";
  const planned = await (await world.begin(["criteria-plan", "parser", "--from-stdin", "--json"], { input })).done;
  expect(JSON.parse(planned.stdout).suggestions).toHaveLength(2);
  const applied = await world.ask<"criteria.applyPlan">("criteria-plan", "parser", "--apply", "--from-text", input);
  expect(applied.affected_criteria.map(({ status }) => status)).toEqual(["accepted", "deferred"]);
  expect(
    await world.ask<"contract.handoff">("handoff", "parser", "--summary", "split done", "--next-step", "run gates"),
  ).toMatchObject({ next_steps: ["run gates"], worker_session_id: null });
});

inEveryMode("worker and manager propose what comes next, each for itself, and a review is recorded", async (world) => {
  await world.ask<"tasks.create">("tasks", "--create", "parser", "--goal", "parse everything");
  await world.ask<"contract.configure">("manager-config", "parser", "--permit", "context.spawn_reviewer");
  const turn = ["--correlation-id", "turn-1"];
  const pass = async (document: object, ...argv: string[]) =>
    (await world.begin(["continuation", "parser", ...argv, "--from-stdin"], { input: JSON.stringify(document) })).done;
  expect((await pass({ next: "w" }, "--submit", "manager", ...turn)).code).toBe(2);
  expect((await pass({ next: "w" }, "--submit", "worker", ...turn)).code).toBe(0);
  const early = await world.cli(
    ...["continuation", "parser", "--list", "--as-role", "manager", "--include-payload", ...turn],
  );
  expect([early.code, early.stdout]).toEqual([2, ""]);
  expect((await pass({ next: "m" }, "--submit", "manager", ...turn)).code).toBe(0);
  const subagent_run = { reviewer_session_id: "rev", manager_session_id: "mgr", manager_rollout_access: false };
  const document = { agreement: "divergent", verdict: "amend", rationale: "they differ", subagent_run };
  const reviewed = await pass(document, "--review", ...turn);
  expect(reviewed.code, reviewed.stderr).toBe(0);
  expect(JSON.parse(reviewed.stdout)).toMatchObject({ operator_routing_required: true });
  const reviewer = [...turn, "--reviewer-session-id", "rev", "--manager-session-id", "mgr"];
  expect(
    (await world.ask<"continuations.planReview">("continuation-reviewer", "parser", "--dry-run", ...reviewer)).context,
  ).toMatchObject({ correlation_id: "turn-1" });
  expect(await world.ask<"continuations.list">("continuation", "parser", "--list")).toMatchObject({
    continuations: [{ payload_redacted: true }, { payload_redacted: true }],
    reviews: [{ agreement: "divergent" }],
  });
});

inEveryMode("closing steps are taken one by one, and each says what it came to", async (world) => {
  await world.ask<"tasks.create">("tasks", "--create", "parser", "--goal", "parse everything");
  await world.ask<"contract.configure">(
    ...["manager-config", "parser", "--tool", "node", "--epilogue", "run-tools", "--epilogue", "record-handoff"],
  );
  const tools = await world.ask<"epilogues.run">("epilogue", "parser", "--step", "run-tools");
  expect(tools.status.steps[0]).toMatchObject({ step_name: "run-tools", ok: true });
  expect((await world.cli("epilogue", "parser", "--step", "record-handoff")).code).toBe(1);
  expect((await world.cli("epilogue", "parser", "--step", "draft-pr")).code).toBe(2);
  await world.ask<"contract.handoff">("handoff", "parser", "--summary", "done");
  expect((await world.cli("epilogue", "parser", "--step", "record-handoff")).stdout).toContain("succeeded");
  const listed = await world.ask<"epilogues.list">("epilogue", "parser", "--list", "--status");
  expect(listed.runs.map(({ state }) => state)).toEqual(["succeeded", "failed", "succeeded"]);
  expect((await world.cli("request-worker-compact", "parser", "--dry-run")).stderr).toContain("no worker is bound");
  expect((await world.cli("compact-worker", "parser", "--reason", "context is long")).code).toBe(2);
  const checked = await world.cli("finish-task", "parser", "--check", "--require-acks", "--json");
  expect([checked.code, JSON.parse(checked.stdout).ready]).toEqual([1, false]);
  expect((await world.ask<"tasks.checkFinish">("finish-task", "parser", "--check", "--require-epilogue")).ready).toBe(
    true,
  );
  expect(await world.ask<"epilogues.status">("epilogue", "parser", "--status")).toMatchObject({ status: { ok: true } });
});

/** A worker in a terminal that has had its first turn, bound to a manager without a terminal. */
async function supervised(world: World) {
  const agent = await world.agent("worker-pane");
  await agent.waitForTurns(1);
  await world.ask<"tasks.create">("tasks", "--create", "parser", "--goal", "parse everything");
  await world.ask<"sessions.registerWorker">(
    ...["register-worker", "--name", "ada", "--pid", String(agent.pid), "--tmux-session", "worker-pane"],
  );
  await world.ask<"sessions.registerManager">("register-manager", "--name", "bob", "--codex-session", world.rollout());
  await world.ask<"bindings.bind">("bind", "--task", "parser", "--worker", "ada", "--manager", "bob");
  return agent;
}

const brief = ({ processed }: Answer<"dispatch.run">) =>
  processed.map((item) => [item.command_type ?? item.signal_type, item.state, item.target_session]);

inEveryMode("what an agent types through a command says whose words it is", async (world) => {
  const agent = await supervised(world);
  const [bob] = await world.ask<"sessions.list">("sessions", "--name", "bob");
  const env = { ...world.callerEnv, CODEX_THREAD_ID: bob?.codex_session_id ?? "" };
  const told = await (await world.begin(["session-nudge", "ada", "do: say from bob"], { env })).done;
  expect(told.code).toBe(0);
  await agent.waitForTurns(2);
  expect((await agent.receivedKeys()).filter(({ kind }) => kind === "paste").map(({ text }) => text)).toEqual([
    " [from bob (manager)]\ndo: say from bob ",
  ]);
});

inEveryMode("the manager observes the worker, nudges it, and its finished turn is routed", async (world) => {
  const agent = await supervised(world);

  const read = await world.ask<"observation.ingest">("ingest", "ada");
  expect(read).toMatchObject({ session: "ada", skipped_lines: 0, partial_bytes: 0, lag_bytes: 0 });
  expect(read.new_events).toBeGreaterThan(5);
  expect(await world.ask<"observation.ingest">("ingest", "ada")).toMatchObject({ new_events: 0 });
  expect(await world.ask<"observation.cycle">("cycle", "parser")).toMatchObject({
    state: "idle",
    worker_alive: true,
    attention: "none",
    pane_signal: { captured: true },
    manager_context: {
      criteria_negotiation: { needed: true, reason: "no_criteria" },
      worker_receipt: { before_binding: true },
    },
  });

  const dry = await world.ask<"observation.nudge">("session-nudge", "ada", "do: say never", "--dry-run");
  expect(dry).toMatchObject({ dry_run: true, side_effect_started: false });
  const nudged = await world.ask<"observation.nudge">("session-nudge", "ada", "do: exec true | say parsed");
  expect(nudged).toMatchObject({ side_effect_started: true, side_effect_completed: true, submission: "confirmed" });
  await agent.waitForTurns(2);
  expect((await agent.receivedKeys()).filter(({ kind }) => kind === "paste").map(({ text }) => text)).toEqual([
    " do: exec true | say parsed ",
  ]);

  const planned = await world.ask<"dispatch.run">("dispatch", "--dry-run");
  expect(planned.dry_run).toBe(true);
  const routed = await world.ask<"dispatch.run">("dispatch", "--once");
  expect(brief(routed)).toEqual([["worker_task_complete", "pull_required", "bob"]]);
  expect((await world.ask<"dispatch.run">("dispatch", "--once")).processed).toEqual([]);

  const waiting = await world.ask<"inbox.manager">("manager-inbox", "parser");
  expect([waiting.consumed, waiting.pending_count]).toEqual([null, 1]);
  const taken = await world.ask<"inbox.takeManager">("manager-inbox", "parser", "--consume-next");
  expect(taken.consumed).toMatchObject({
    signal_type: "worker_task_complete",
    source_session_name: "ada",
    delivery_mode: "pull_required",
  });
  expect(taken.consumed?.payload["message"]).toContain("ada");
  expect((await world.ask<"inbox.takeManager">("manager-inbox", "parser", "--consume-next")).consumed).toBeNull();
  expect(await world.ask<"observation.cycle">("cycle", "parser")).toMatchObject({
    state: "idle",
    task_completed: true,
    manager_context: { worker_receipt: { before_binding: false, outcome: "completed" } },
  });

  const latest = await world.ask<"observation.tail">("tail", "ada", "--limit", "3");
  expect(latest).toHaveLength(3);
  expect(JSON.stringify(latest)).not.toContain("parsed");
  const said = await world.ask<"observation.tail">(
    "tail",
    "ada",
    "--subtype",
    "AgentMessage",
    "--limit",
    "1",
    "--include-content",
  );
  expect(JSON.stringify(said)).toContain("parsed");
});

inEveryMode("the manager interrupts a turn and what it says next is heard", async (world) => {
  const agent = await supervised(world);
  await world.ask<"observation.nudge">("session-nudge", "ada", "do: hold");
  await agent.waitFor(({ screen }) => screen === "busy");
  expect(await world.ask<"observation.cycle">("cycle", "parser")).toMatchObject({
    state: "busy",
    turn: { outcome: "running" },
  });

  const stopped = await world.ask<"observation.interrupt">("session-interrupt", "ada", "--followup", "do: say stopped");
  expect(stopped).toMatchObject({ interrupted: true, side_effect_completed: true, followup: "do: say stopped" });
  await agent.waitForTurns(3);

  const idle = await world.refused("session-interrupt", "ada");
  expect([idle.code, idle.error.code]).toEqual([1, "nothing_to_interrupt"]);
  const noTerminal = await world.refused("session-nudge", "bob", "hello");
  expect(noTerminal.code).toBe(2);
  expect(noTerminal.error.hint).toContain("enqueue-n");
});

inEveryMode("messages are queued, delivered once, typed or kept in the inbox, and can be looked up", async (world) => {
  const agent = await supervised(world);
  const queued = await world.ask<"dispatch.enqueueNudgeWorker">(
    ...[
      "enqueue-nudge-worker",
      "parser",
      "--message",
      "do: say hello",
      "--correlation-id",
      "slice-1",
      "--idempotency-key",
      "one",
    ],
  );
  expect(queued).toMatchObject({
    command_type: "nudge_worker",
    correlation_id: "slice-1",
    deduplicated: false,
    warnings: [],
  });
  const repeated = await world.ask<"dispatch.enqueueNudgeWorker">(
    ...[
      "enqueue-nudge-worker",
      "parser",
      "--message",
      "do: say hello",
      "--correlation-id",
      "slice-1",
      "--idempotency-key",
      "one",
    ],
  );
  expect([repeated.command_id, repeated.deduplicated]).toEqual([queued.command_id, true]);
  await world.ask<"dispatch.enqueueNotifyManager">("enqueue-notify-manager", "parser", "--message", "two tests pass");

  const delivered = await world.ask<"dispatch.run">("dispatch", "--once", "--type", "nudge_worker");
  expect(brief(delivered)).toEqual([["nudge_worker", "delivered", "ada"]]);
  await agent.waitForTurns(2);
  const watched = await world.begin([
    "dispatch",
    "--watch",
    "--watch-iterations",
    "2",
    "--interval",
    "0.1",
    "--no-ingest",
    "--json",
  ]);
  expect(brief(JSON.parse((await watched.done).stdout))).toEqual([["notify_manager", "pull_required", "bob"]]);

  const log = await world.ask<"dispatch.commands">("commands", "--task", "parser", "--attempts");
  expect(log.map(({ type, state, attempts }) => [type, state, attempts])).toEqual([
    ["nudge_worker", "succeeded", 1],
    ["notify_manager", "succeeded", 1],
  ]);
  expect(log[0]?.attempt_history).toMatchObject([
    { side_effect_started: true, side_effect_completed: true, transport: "tmux" },
  ]);
  expect(JSON.stringify(log)).not.toContain("two tests pass");
  const open = await world.ask<"dispatch.commands">("commands", "--type", "notify_manager", "--include-content");
  expect(open[0]?.payload["message"]).toBe("two tests pass");

  const taken = await world.cli("session-inbox", "bob", "--consume-next");
  expect(taken).toMatchObject({ code: 0 });
  expect(taken.stdout).toContain("two tests pass");
  expect((await world.ask<"inbox.session">("session-inbox", "bob")).pending_count).toBe(0);
});
