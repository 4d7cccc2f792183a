import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, closeSync, openSync } from "node:fs";
import { operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { manager as listManager } from "../../inbox/list.ts";
import { createWorld, type World } from "../../testing/world.ts";
import { run } from "../run.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

const look = async () => (await run(world.ctx, operations.dispatch.run.input.parse({}))).processed;
const line = (type: string, turn_id: string) =>
  `${JSON.stringify({ timestamp: new Date().toISOString(), type: "event_msg", payload: { type, turn_id } })}\n`;

/** A bound worker with a process of its own, in the middle of a turn that Dispatch knows of. */
async function working() {
  const path = world.rollout();
  const child = spawn("sleep", ["600"]);
  const pair = await world.pair({ task: "t", worker: { codex_session: path, pid: child.pid } });
  appendFileSync(path, line("task_started", "t1"));
  expect(await look()).toEqual([]);
  const kill = async () => {
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  };
  return { path, kill, ...pair };
}
const items = async () => (await listManager(world.ctx, operations.inbox.manager.input.parse({ task: "t" }))).items;

describe("a worker that dies within a turn", () => {
  it("is told of to its manager once, and once more when it dies again", async () => {
    const { path, kill, worker } = await working();
    await kill();
    expect(await look()).toMatchObject([{ signal_type: "worker_task_complete", state: "pull_required" }]);
    expect(await look()).toEqual([]);
    const [item] = await items();
    expect(item?.payload).toMatchObject({
      subject: `worker died within a turn: ${worker.name} on t`,
      message: expect.stringContaining("appears to have died in the middle of a turn"),
      worker_receipt: { outcome: "lost", turn_id: "t1", last_agent_message: null },
    });

    // It was begun again, finished that turn, and died in the next one.
    const again = spawn("sleep", ["600"]);
    await world.worker({ name: worker.name, codex_session: path, pid: again.pid });
    appendFileSync(path, line("task_complete", "t1") + line("task_started", "t2"));
    expect(await look()).toMatchObject([{ state: "pull_required" }]);
    const ended = once(again, "exit");
    again.kill("SIGKILL");
    await ended;
    expect(await look()).toMatchObject([{ state: "pull_required" }]);
    expect((await items()).map(({ payload }) => payload["worker_receipt"])).toMatchObject([
      { outcome: "lost", turn_id: "t1" },
      { outcome: "completed", turn_id: "t1" },
      { outcome: "lost", turn_id: "t2" },
    ]);
  });

  it("is not told of while somebody else goes on with its turn", async () => {
    const { path, kill } = await working();
    const server = openSync(path, "a");
    try {
      await kill();
      expect(await look()).toEqual([]);
    } finally {
      closeSync(server);
    }
    expect(await look()).toHaveLength(1);
  });

  it("is not told of when its turn had ended", async () => {
    const { path, kill } = await working();
    appendFileSync(path, line("task_complete", "t1"));
    await kill();
    expect(await look()).toHaveLength(1);
    expect((await items()).map(({ payload }) => payload["worker_receipt"])).toMatchObject([{ outcome: "completed" }]);
  });
});
