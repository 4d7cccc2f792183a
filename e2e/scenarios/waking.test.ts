import { execFileSync } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import type { Answer } from "../support/world/answers.ts";
import { inEveryMode } from "../support/world/in-every-mode.ts";
import type { World } from "../support/world/world.ts";

/** A pair that lives in two app threads, with a dispatcher nowhere. */
async function appPair(world: World) {
  return world.ask<"bindings.createDisposable">(
    ...["create-disposable-binding", "login", "--goal", "log in", "--cwd", world.project],
    ...["--worker-codex-app-thread-id", "thr-w", "--manager-codex-app-thread-id", "thr-m"],
  );
}

/** The one command of a prompt that begins like this, as words: what a thread types after it filled in the open places. */
function commandOf(prompt: string, beginning: string, slots: Record<string, string> = {}): string[] {
  const lines = new Set(prompt.match(/conveyor [a-z-]+ [^\n]*?--path '[^']*'(?: --json)?/g));
  const [line = "", ...others] = [...lines].filter((own) => own.startsWith(`conveyor ${beginning}`));
  expect([beginning, others]).toEqual([beginning, []]);
  const filled = line.replace(/<([a-z._]+)>/g, (_slot, name: string) => `'${slots[name]}'`);
  const words = execFileSync("sh", ["-c", `set -- ${filled}; printf '%s\\0' "$@"`], { encoding: "utf8" });
  return words.split("\0").slice(1, -1);
}

/** Run a command as a thread does that was told to; answers with what it printed. */
async function obey(world: World, argv: readonly string[], input = "") {
  const ran = await (await world.begin(argv, { input })).done;
  world.transcript.note(ran);
  expect([argv[0], ran.code, ran.stderr]).toEqual([argv[0], 0, ""]);
  return JSON.parse(ran.stdout);
}

const leases = ({ dispatch, manager, worker }: Answer<"autonomy.loopStatus">) => [
  dispatch.state,
  manager.lease.state,
  worker.lease.state,
];

inEveryMode(
  "two sleeping threads are woken, do what their prompts say, and hear when the task is over",
  async (world) => {
    const made = await appPair(world);
    const asleep = await world.ask<"autonomy.loopStatus">("app-loop-status", "login");
    expect([asleep.ok, leases(asleep)]).toEqual([false, ["missing", "missing", "missing"]]);
    expect(asleep.worker.lease.source).toBe("registration");
    expect(asleep.worker.poll_command).toBe(made.heartbeat_recommendations.worker.poll_command);
    await world.ask<"dispatch.enqueueNudgeWorker">(
      ...["enqueue-nudge-worker", "login", "--message", "run the tests", "--correlation-id", "slice-1"],
    );
    await world.ask<"dispatch.run">("dispatch", "--once");

    const plan = await world.ask<"autonomy.planWakeup">("app-wakeup-plan", "login");
    const wake = await world.ask<"autonomy.dispatchWakeup">("app-wakeup-dispatch", "login");
    expect(wake.actions.map(({ role, status, prompt }) => [role, status, prompt])).toEqual(
      plan.wakeups.map(({ role, prompt }) => [role, "ready_to_send", prompt]),
    );
    expect(wake.summary).toMatchObject({ ready_to_send: 2, dispatcher_required: true });
    const record = ["app-wakeup-record-delivery", "login", "--dispatch-receipt", wake.receipt.event_id];
    const sent = (role: string, thread: string) =>
      world.ask<"autonomy.recordWakeupDelivery">(
        ...[...record, "--role", role, "--delivery-status", "sent", "--thread-id", thread],
      );
    await sent("manager", "thr-m");
    const first = await sent("worker", "thr-w");
    expect(await sent("worker", "thr-w")).toEqual({ ...first, duplicate: true });
    for (const [status, ...more] of [
      ["skipped"],
      ["blocked", "--reason", "asleep"],
      ["sent", "--thread-id", "thr-x"],
    ]) {
      const refused = await world.refused(
        ...record,
        "--role",
        "worker",
        "--delivery-status",
        status as string,
        ...more,
      );
      expect(refused.code).toBe(2);
    }

    const [, worker = ""] = wake.actions.map(({ prompt }) => prompt ?? "");
    const beat = await obey(world, commandOf(worker, "app-heartbeat"));
    expect(beat).toMatchObject({ heartbeat: { state: "recorded" }, inbox: { pending_count: 1 }, loop_closed: false });
    const { consumed } = await obey(world, commandOf(worker, "worker-inbox"));
    expect(consumed.payload.message).toBe("run the tests");
    for (const status of ["received", "accepted"]) {
      const acknowledge = `inbox-ack 'login' --notification-id <id> --role 'worker' --status '${status}'`;
      const { acknowledgement } = await obey(
        world,
        commandOf(worker, acknowledge, { id: String(consumed.id) }),
        '{"summary":"all tests pass"}',
      );
      expect(acknowledgement).toMatchObject({ status, role: "worker" });
    }
    const { correlation_id } = consumed;
    await obey(world, commandOf(worker, "enqueue-notify-manager", { report: "12 tests pass", correlation_id }));
    expect(await obey(world, commandOf(worker, "dispatch"))).toMatchObject({
      processed: [{ command_type: "notify_manager", correlation_id: "slice-1", state: "pull_required" }],
    });

    // A dispatcher that has ended does not count as one, however short ago that was.
    const heard = await world.ask<"autonomy.heartbeat">("app-heartbeat", "login", "--role", "manager");
    expect(heard.inbox.pending_count).toBe(1);
    expect(leases(heard.status)).toEqual(["stale", "healthy", "healthy"]);
    const again = await world.ask<"autonomy.dispatchWakeup">("app-wakeup-dispatch", "login");
    expect(again.actions.map(({ status }) => status)).toEqual(["skipped_healthy", "skipped_healthy"]);

    await world.ask<"tasks.finish">("finish-task", "login", "--reason", "proven");
    const over = await world.ask<"autonomy.heartbeat">("app-heartbeat", "login", "--role", "manager");
    expect(over).toMatchObject({ loop_closed: true, next: null, teardown: { task_state: "done" } });
    expect(over.teardown?.leftovers_command).toContain("session-inbox 'login-manager'");
    const closed = await world.refused("app-wakeup-plan", "login");
    expect([closed.code, closed.error.code]).toEqual([2, "terminal_state"]);
  },
);

inEveryMode("a pair is well while its threads show themselves and any dispatcher works", async (world) => {
  const { heartbeat_recommendations: heartbeats } = await appPair(world);
  await world.begin(["dispatch", "--watch", "--dispatcher-id", "night", "--interval", "0.2"]);
  const conveyor = await world.connect();
  const dispatcher = async () => (await conveyor.autonomy.loopStatus({ task: "login" })).dispatch;
  while ((await dispatcher()).state !== "healthy") await pause(50);
  expect((await dispatcher()).dispatcher_id).toBe("night");
  for (const { poll_command } of [heartbeats.manager, heartbeats.worker]) {
    await obey(world, commandOf(poll_command, "app-heartbeat"));
  }
  const status = await world.ask<"autonomy.loopStatus">("app-loop-status", "login");
  expect([status.ok, status.next_actions, status.worker.lease.source]).toEqual([true, [], "app_heartbeat"]);
  const other = await world.ask<"autonomy.loopStatus">("app-loop-status", "login", "--dispatcher-id", "day");
  expect(other.next_actions).toMatchObject([{ kind: "start_dispatch", prompt: expect.stringContaining("'day'") }]);
  expect((await world.refused("app-loop-status", "nothing")).error.code).toBe("not_found");
});
