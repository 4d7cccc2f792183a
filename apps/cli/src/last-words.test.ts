import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeWorld, type World } from "./testing/run-cli.ts";

let world: World;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => world.remove());

const timestamp = "2026-01-02T03:04:05.000Z";

/** The rollout of a session without an agent behind it. */
function rollout(number: number): string {
  const id = `00000000-0000-4000-8000-00000000000${number}`;
  const path = join(world.folder, `rollout-2026-01-02T03-04-05-${id}.jsonl`);
  const payload = { id, cwd: world.folder, timestamp, originator: "test", cli_version: "0.169.0" };
  writeFileSync(path, `${JSON.stringify({ timestamp, type: "session_meta", payload })}\n`);
  return path;
}

async function run(...argv: string[]): Promise<string> {
  const { code, stdout, stderr } = await world.cli(...argv);
  if (code !== 0) throw new Error(`${argv.join(" ")}: ${stderr}`);
  return stdout;
}

describe("what the worker said", () => {
  it("stands in its manager's inbox, in one line while it waits and whole when taken, and in a cycle", async () => {
    const path = rollout(1);
    await run("tasks", "--create", "auth", "--goal", "g");
    await run("register-worker", "--name", "ada", "--codex-session", path);
    await run("register-manager", "--name", "bob", "--codex-session", rollout(2));
    await run("bind", "--task", "auth", "--worker", "ada", "--manager", "bob");
    const words = "All 14 tests pass.\nThe CSV writer is done.";
    for (const payload of [
      { type: "task_started", turn_id: "t1" },
      { type: "user_message", message: "go on" },
      { type: "task_complete", turn_id: "t1", last_agent_message: words },
    ]) {
      const at = new Date().toISOString();
      appendFileSync(path, `${JSON.stringify({ timestamp: at, type: "event_msg", payload })}\n`);
    }
    await run("dispatch", "--once");

    const around = { terminal: 120, env: { NO_COLOR: "1" } };
    const waiting = (await world.cliIn(around, "manager-inbox", "auth")).stdout;
    expect(waiting).toMatch(/^ITEM +WHAT +FROM +WAITS FOR +ABOUT/m);
    expect(waiting).toMatch(/#1 +worker_task_complete +ada \(worker\) +\d+ s +\S/);
    expect(waiting).not.toContain("CSV writer");
    const taken = (await world.cliIn(around, "manager-inbox", "auth", "--consume-next")).stdout;
    expect(taken).toContain("ada said:\n  All 14 tests pass.\n  The CSV writer is done.\n");
    const cycle = (await world.cliIn(around, "cycle", "auth")).stdout;
    expect(cycle).toContain("ada: ○ idle");
    expect(cycle).toContain("ada said:\n  All 14 tests pass.\n");
    expect(cycle).not.toContain("the task is complete");
    const listed = (await world.cliIn(around, "tasks")).stdout;
    expect(listed).toMatch(/^auth +managed +○ idle ada +\d+ s +g$/m);
  });
});
