import { expect } from "vitest";
import { inEveryMode } from "../support/world/in-every-mode.ts";
import type { World } from "../support/world/world.ts";

/** A worker and a manager without terminals, bound to a task with a loop. */
function looped(world: World, task: string, ...policy: string[]) {
  const bind = ["create-disposable-binding", task, "--run-name", `${task}-loop`, "--cwd", world.project];
  return world.ask<"bindings.createDisposable">(...bind, ...policy);
}

const request = (task: string, iteration: number, ...more: string[]) => [
  ...["enqueue-continue-iteration", task, "--loop-run", `${task}-loop`, "--requested-iteration", String(iteration)],
  ...["--message", "go on with the next part", ...more],
];

const ask = (world: World, task: string, iteration: number, ...more: string[]) =>
  world.ask<"dispatch.enqueueContinueIteration">(...request(task, iteration, ...more));

inEveryMode("a loop goes on by the manager's request until its policy ends it", async (world) => {
  const { run, task } = await looped(
    world,
    "parser",
    "--adversarial",
    "--current-iteration",
    "0",
    "--max-iterations",
    "1",
  );
  const decision = await world.ask<"decisions.record">("record-decision", "parser", "nudge", "--reason", "next part");

  const none = await world.refused(...request("parser", 0));
  expect([none.code, none.error.code]).toEqual([2, "invalid_requested_iteration"]);
  const unknown = await world.refused(...request("parser", 1, "--loop-run", "another-loop"));
  expect([unknown.code, unknown.error.code]).toEqual([2, "not_found"]);
  const silent = await world.refused(...request("parser", 1, "--message", " "));
  expect([silent.code, silent.error.code]).toEqual([2, "message_required"]);
  const half = await world.refused("enqueue-continue-iteration", "parser", "--requested-iteration", "1");
  expect([half.code, half.error.code]).toEqual([2, "usage"]);
  expect(await world.ask<"dispatch.commands">("commands", "--type", "continue_iteration")).toEqual([]);

  const more = ["--manager-decision-id", String(decision.id), "--idempotency-key", "first", "--correlation-id", "i1"];
  const queued = await ask(world, "parser", 1, ...more);
  expect(queued).toMatchObject({
    correlation_id: "i1",
    deduplicated: false,
    gate_preview: { would_block: false, reason: null, missing_evidence: [] },
    loop_policy: { run_id: run?.id, current_iteration: 0, max_iterations: 1 },
    loop_run_id: "parser-loop",
    manager_decision_id: decision.id,
    requested_iteration: 1,
    warnings: [],
  });
  const twice = await ask(world, "parser", 1, "--deliver");
  expect(twice).toMatchObject({
    delivery: { state: "blocked", reason: "iteration_already_pending", target_worker_notified: false },
    notification_id: null,
    warnings: ["older_commands_executed"],
  });

  const taken = await world.ask<"inbox.takeWorker">("worker-inbox", "parser", "--consume-next");
  expect(taken.consumed).toMatchObject({
    signal_type: "continue_iteration",
    command_id: queued.command_id,
    payload: {
      message: "go on with the next part",
      loop_policy: { current_iteration: 0 },
      ralph_loop: { run_id: run?.id, requested_iteration: 1 },
    },
  });
  expect((await world.ask<"inbox.takeWorker">("worker-inbox", "parser", "--consume-next")).consumed).toBeNull();
  const again = await world.refused(...request("parser", 1));
  expect(again.error).toMatchObject({ code: "stale_requested_iteration", details: { current_iteration: 1 } });
  expect(await ask(world, "parser", 1, ...more)).toMatchObject({
    command_id: queued.command_id,
    deduplicated: true,
    loop_policy: { current_iteration: 0 },
  });

  const last = await world.cli(...request("parser", 2, "--deliver"));
  expect([last.code, last.stdout]).toEqual([0, expect.stringContaining("blocked: max_iterations_reached")]);
  const log = await world.ask<"dispatch.commands">("commands", "--task", task.id);
  expect(log.map(({ type, state }) => `${type} ${state}`)).toEqual([
    "continue_iteration succeeded",
    "continue_iteration blocked",
    "continue_iteration blocked",
  ]);
});

inEveryMode("a worker's report is delivered in one call, with its subject and evidence", async (world) => {
  await world.pair("parser");
  const report = ["enqueue-notify-manager", "parser", "--message", "the parser is done", "--correlation-id", "slice-4"];
  const more = ["--subject", "slice 4 done", "--evidence-json", '{"tests":12}', "--deliver"];
  const sent = await world.ask<"dispatch.enqueueNotifyManager">(...report, ...more);
  expect(sent.delivery).toMatchObject({ state: "pull_required", target_session: "parser-manager" });
  const taken = await world.ask<"inbox.takeManager">("manager-inbox", "parser", "--consume-next");
  expect(taken.consumed).toMatchObject({
    id: sent.notification_id,
    correlation_id: "slice-4",
    payload: { message: "the parser is done", subject: "slice 4 done", evidence: { tests: 12 } },
  });
  const text = await world.cli("enqueue-nudge-worker", "parser", "--message", "well done", "--deliver");
  expect(text.stdout).toMatch(/^queued nudge_worker for parser: .*\nin the inbox of parser-worker as #2\n$/);
  const long = await world.refused(...report, "--subject", "x".repeat(201));
  expect(long.code).toBe(2);
  expect((await world.cli("audit", "parser", "--json")).stdout).not.toMatch(/slice 4 done|"tests"/);
});

inEveryMode("what was not delivered is found, looked at, sent again or taken back", async (world) => {
  await looped(world, "lexer", "--adversarial");
  const blocked = await ask(world, "lexer", 2, "--correlation-id", "i2", "--deliver");
  expect(blocked.delivery).toMatchObject({
    state: "blocked",
    reason: "missing_adversarial_check_evidence",
    missing_evidence: ["adversarial_check"],
  });
  expect((await world.ask<"inbox.worker">("worker-inbox", "lexer")).pending_count).toBe(0);

  await world.ask<"tasks.create">("tasks", "--create", "alone", "--goal", "have nobody");
  const lost = await world.ask<"dispatch.enqueueNudgeWorker">(
    ...["enqueue-nudge-worker", "alone", "--message", "is anybody there", "--deliver"],
  );
  expect(lost).toMatchObject({ warnings: ["no_active_binding"], delivery: { error_code: "no_active_binding" } });

  const dead = await world.ask<"dispatch.deadCommands">("commands", "dead");
  expect(dead.groups.map(({ error_code, count }) => [error_code, count])).toEqual([
    ["missing_adversarial_check_evidence", 1],
    ["no_active_binding", 1],
  ]);
  expect(dead.groups[1]?.fix[0]).toContain("bind --task 'alone' --worker <worker>");
  const shownDead = await world.cli("commands", "dead", "--task", "alone");
  expect(shownDead.stdout).toContain(`commands retry '${lost.command_id}'`);

  const shown = await world.ask<"dispatch.showCommand">("commands", "show", blocked.command_id);
  expect(shown).toMatchObject({ state: "blocked", attempt_history: [{ state: "blocked" }], items: [] });
  expect(JSON.stringify(shown)).not.toContain("go on with the next part");
  const open = await world.cli("commands", "show", blocked.command_id, "--include-content");
  expect(open.stdout).toContain("message: go on with the next part");

  const retried = await world.ask<"dispatch.retryCommand">("commands", "retry", blocked.command_id);
  expect(retried).toMatchObject({
    correlation_id: "i2",
    deduplicated: false,
    retry_of: blocked.command_id,
    gate_preview: { would_block: true, missing_evidence: ["adversarial_check"] },
  });
  expect(await world.ask<"dispatch.retryCommand">("commands", "retry", blocked.command_id)).toMatchObject({
    command_id: retried.command_id,
    deduplicated: true,
  });
  expect((await world.ask<"dispatch.deadCommands">("commands", "dead", "--task", "lexer")).total).toBe(0);

  const cancelled = await world.ask<"dispatch.cancelCommand">("commands", "cancel", retried.command_id);
  expect(cancelled).toMatchObject({ command_id: retried.command_id, error_code: "cancelled", state: "failed" });
  expect(await world.ask<"dispatch.cancelCommand">("commands", "cancel", retried.command_id)).toEqual(cancelled);
  const ended = await world.refused("commands", "cancel", blocked.command_id);
  expect([ended.code, ended.error.code, ended.error.details["state"]]).toEqual([2, "precondition_failed", "blocked"]);
  expect((await world.ask<"dispatch.run">("dispatch", "--once")).processed).toEqual([]);
  const unknown = await world.refused("commands", "show", "command-nowhere");
  expect([unknown.code, unknown.error.code]).toEqual([2, "not_found"]);
});
