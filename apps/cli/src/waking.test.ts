import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeWorld, type World } from "./testing/run-cli.ts";

let world: World;
beforeEach(async () => {
  world = await makeWorld();
  const made = await world.cli("create-disposable-binding", "login", "--worker-codex-app-thread-id", "thr-w");
  expect(made.code).toBe(0);
});
afterEach(() => world.remove());

/** What a command prints as text; it must succeed. */
async function said(...argv: string[]): Promise<string> {
  const ran = await world.cli(...argv);
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  return ran.stdout.replace(/\d+ s ago/g, "N s ago");
}

const BEAT = ["app-heartbeat", "login", "--role", "worker"];

describe("the wake relay as text", () => {
  it("shows the loop, who lives, and what to do, one line each", async () => {
    expect((await said("app-loop-status", "login")).split("\n")).toEqual([
      "pair of task login: attention required",
      "dispatcher dispatch-local: missing, never heard of",
      "manager login-manager (no_tmux): missing, registered N s ago",
      "worker login-worker (codex_app): missing, registered N s ago",
      expect.stringMatching(/^next: start_dispatch \(dispatcher .*\): Run conveyor dispatch --watch /),
      expect.stringMatching(
        /^next: wake_manager \(manager login-manager: lease missing, .*\): conveyor app-heartbeat 'login' /,
      ),
      expect.stringMatching(
        /^next: wake_worker \(worker login-worker: lease missing, .*\): conveyor app-heartbeat 'login' /,
      ),
      "",
    ]);
  });

  it("confirms a heartbeat and says what to run next", async () => {
    expect((await said(...BEAT)).split("\n")).toEqual([
      "heartbeat of the worker of task login recorded",
      "inbox: nothing waits",
      "pair of task login: attention required",
      expect.stringMatching(/^next: conveyor worker-inbox 'login' --consume-next --wait --timeout 60 --path '/),
      "",
    ]);
    expect(await said("app-loop-status", "login")).toContain(
      "worker login-worker (codex_app): healthy, heard of N s ago",
    );
  });

  it("says how many messages wait, and since when", async () => {
    await world.cli("enqueue-nudge-worker", "login", "--message", "go on");
    await world.cli("dispatch", "--once");
    expect(await said(...BEAT)).toMatch(/^inbox: 1 message waiting, the oldest for \d+ s$/m);
  });

  it("tells a thread whose task is closed who ends its heartbeats", async () => {
    await world.cli("finish-task", "login", "--reason", "done");
    const text = await said(...BEAT);
    expect(text).toContain("The task login is done: nothing more will come. Stop polling, and report");
    expect(text).not.toContain("next:");
  });

  it("prints each prompt whole under a heading that names its thread", async () => {
    const plan = await said("app-wakeup-plan", "login");
    expect(plan).toMatch(
      /^dispatcher dispatch-local: missing, never heard of\n {2}start it: conveyor dispatch --watch /m,
    );
    expect(plan).toContain("wake the manager: no app thread is registered\n");
    expect(plan).toMatch(/^wake the worker: thread thr-w\nworker login-worker: lease missing, .*\n\nUse the/m);
    expect(plan.match(/^8\. /gm)).toHaveLength(2);
  });

  it("prints the actions with their receipt, and what was recorded of them", async () => {
    const prepared = await said("app-wakeup-dispatch", "login");
    expect(prepared).toMatch(/^manager: blocked_missing_thread\nmanager .*\nno app thread id is registered for the/m);
    expect(prepared).toMatch(/^worker: ready_to_send\nworker .*; thread thr-w\n\nUse the/m);
    const [, receipt = ""] = /^receipt (telemetry-\S+)$/m.exec(prepared) ?? [];
    const of = ["app-wakeup-record-delivery", "login", "--role", "worker", "--dispatch-receipt", receipt];
    const sent = [...of, "--delivery-status", "sent", "--thread-id", "thr-w"];
    const first = await said(...sent);
    expect(first).toMatch(
      /^wake prompt of the worker of task login recorded as sent\nprepared by telemetry-.*, receipt tel/,
    );
    expect(first).toContain("a dispatcher was missing when it was prepared: conveyor dispatch --watch");
    expect(await said(...sent)).toContain("had been recorded before as sent");
  });

  it.each([
    [["app-heartbeat", "login"], "app-heartbeat needs --role"],
    [["app-heartbeat", "login", "--role", "all"], "--role"],
    [["app-loop-status"], "app-loop-status needs <task>"],
    [["app-loop-status", "login", "--stale-after", "soon"], "--stale-after takes a number"],
    [["app-loop-status", "login", "--stale-after", "-1"], "--stale-after: must be at least 0"],
    [["app-loop-status", "login", "--role", "worker"], "has no flag --role"],
  ])("refuses %j", async (argv, message) => {
    const ran = await world.cli(...argv);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain(message);
  });
});
