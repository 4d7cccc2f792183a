import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWorld, type World } from "../testing/world.ts";
import { lookOnce } from "./look-once.ts";

describe("a look that is shared", () => {
  let world: World;
  let looks: number;
  beforeEach(() => {
    world = createWorld();
    looks = 0;
  });
  afterEach(() => world.close());

  const countTasks = (key = "tasks") =>
    lookOnce(world.store, key, () => {
      looks += 1;
      return world.store.peek((tx) => (tx.sql.search("SELECT count(*) AS n FROM tasks").get() as { n: number }).n);
    });

  it("is made once for all who ask the same at the same moment", async () => {
    await world.task();
    expect(await Promise.all([countTasks(), countTasks(), countTasks()])).toEqual([1, 1, 1]);
    expect(looks).toBe(1);
    await Promise.all([countTasks("other"), countTasks("another")]);
    expect(looks).toBe(3);
  });

  it("is made anew after a commit, whoever made it", async () => {
    const asked = countTasks();
    await world.task();
    expect(await countTasks()).toBe(1);
    const other = world.otherCtx();
    await other.store.write(async (tx) => {
      const seq = tx.seq();
      await tx.db.tasks.create({
        data: {
          ...{ id: "task-other", name: "other", goal: "g", state: "candidate", seq, updated_seq: seq },
          ...{ created_at: tx.now, updated_at: tx.now },
        },
      });
    });
    await other.store.close();
    expect(await countTasks()).toBe(2);
    await asked;
    expect(looks).toBe(3);
  });

  it("is not kept", async () => {
    await countTasks();
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    await countTasks();
    expect(looks).toBe(2);
  });

  it("fails for all who asked, and is tried again by the next", async () => {
    const fail = () =>
      lookOnce(world.store, "failing", () => {
        looks += 1;
        return Promise.reject(new Error(`failure ${looks}`));
      });
    const outcomes = await Promise.allSettled([fail(), fail()]);
    expect(outcomes.map((outcome) => outcome.status === "rejected" && outcome.reason.message)).toEqual([
      "failure 1",
      "failure 1",
    ]);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    await expect(fail()).rejects.toThrow("failure 2");
  });
});
