import { operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { takeWorker } from "../inbox/index.ts";
import { createWorld, type World } from "../testing/world.ts";
import { events, pass, rowsOf, turn } from "./testing/scenes.ts";
import { startProcess } from "./testing/spawn.ts";

describe("many processes on one ledger", () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
  });
  afterEach(() => world.close());

  const queue = (task_id: string, amount: number) =>
    world.store.fast((tx) => {
      for (let index = 0; index < amount; index += 1) {
        const seq = tx.seq();
        tx.sql(
          `INSERT INTO commands (id, seq, updated_seq, idempotency_key, created_at, updated_at, task_id, type, state, max_attempts, payload_json)
           VALUES (?, ?, ?, ?, ?, ?, ?, 'nudge_worker', 'pending', 3, ?)`,
        ).run(
          `command-${seq}`,
          seq,
          seq,
          `command-${seq}`,
          tx.now,
          tx.now,
          task_id,
          JSON.stringify({ message: `m${index}` }),
        );
      }
    });

  it("deliver 200 commands and 50 reports with four dispatchers, each exactly once", async () => {
    const { task, worker } = await world.pair();
    await queue(task.id, 200);
    for (let index = 0; index < 50; index += 1) await events(world, worker.session_id, turn(`turn-${index}`));
    const dispatchers = ["a", "b", "c", "d"].map((dispatcher_id) => {
      const input = operations.dispatch.run.input.parse({ dispatcher_id, limit: 1000, no_ingest: true });
      return startProcess(world, { action: "run", input }).ended;
    });
    const ended = await Promise.all(dispatchers);
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    const processed = ended.flatMap(({ document }) => document?.["processed"] as { state: string }[]);
    expect(processed).toHaveLength(250);
    expect(new Set(processed.map(({ state }) => state))).toEqual(new Set(["pull_required"]));
    expect(await rowsOf(world, "SELECT state, count(*) AS n FROM commands GROUP BY state")).toEqual([
      { state: "succeeded", n: 200 },
    ]);
    expect(await rowsOf(world, "SELECT state, count(*) AS n FROM command_attempts GROUP BY state")).toEqual([
      { state: "succeeded", n: 200 },
    ]);
    expect(
      await rowsOf(
        world,
        "SELECT signal_type, count(*) AS n, count(DISTINCT dedupe_key) AS keys FROM routed_notifications GROUP BY signal_type ORDER BY 1",
      ),
    ).toEqual([
      { signal_type: "nudge_worker", n: 200, keys: 200 },
      { signal_type: "worker_task_complete", n: 50, keys: 50 },
    ]);
  });

  it("take 20 items with twelve consumers: each gets another one, nobody goes away empty", async () => {
    const { task } = await world.pair();
    await queue(task.id, 20);
    await pass(world.ctx, { limit: 100 });
    const input = operations.inbox.takeWorker.input.parse({ task: task.name });
    const take = () => startProcess(world, { action: "take", input }).ended;
    const taken: number[] = [];
    for (const consumers of [6, 6]) {
      const ended = await Promise.all(Array.from({ length: consumers }, take));
      for (const { document } of ended) taken.push((document as { consumed: { id: number } }).consumed.id);
    }
    const others = Array.from({ length: 4 }, () => world.otherCtx());
    const rest = await Promise.all(
      Array.from({ length: 12 }, (_, index) => takeWorker(others[index % 4] ?? world.ctx, input)),
    );
    for (const { consumed } of rest) if (consumed !== null) taken.push(consumed.id);
    await Promise.all(others.map(({ store }) => store.close()));
    expect(new Set(taken).size).toBe(20);
    expect(rest.filter(({ consumed }) => consumed === null)).toHaveLength(4);
  });
});
