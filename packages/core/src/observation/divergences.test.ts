import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWorld, type World } from "../testing/world.ts";
import { cycle } from "./cycle.ts";
import { divergences } from "./divergences.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

describe("divergences", () => {
  it("lists the cycles whose screen showed something, newest first, and no others", async () => {
    await world.tmux("w", [
      "sh",
      "-c",
      "printf '  Would you like to run the following command?\\n› 1. Yes, proceed (y)\\n'; read x; clear; sleep 600",
    ]);
    const { task } = await world.pair({ worker: { tmux_session: "w" } });
    await expect.poll(() => world.host.tmux.capture({ session: "w" }, 10)).toContain("1. Yes");
    const look = () => cycle(world.ctx, { task: task.name, busy_wait_seconds: 90 });
    const [first, second] = [await look(), await look()];
    await world.host.tmux.submit(world.typing("w"));
    await expect.poll(() => world.host.tmux.capture({ session: "w" }, 0)).toBe("");
    await look();
    const list = await divergences(world.ctx, { task: task.name, limit: 50 });
    expect(list.map(({ id }) => id)).toEqual([second.cycle_id, first.cycle_id]);
    expect(list[0]).toMatchObject({ task_id: task.id, state: "succeeded", notable_pane_pattern: "approval_prompt" });
    expect(list[0]?.status).toMatchObject({ notable_pane_pattern: "approval_prompt" });
    expect(await divergences(world.ctx, { task: task.id, limit: 1 })).toHaveLength(1);
    expect(await divergences(world.ctx, { task: task.id, limit: 0 })).toEqual([]);
  });

  it("knows no divergence of a task that nobody looked at, and no unknown task", async () => {
    const { name } = await world.task();
    expect(await divergences(world.ctx, { task: name, limit: 50 })).toEqual([]);
    await expect(divergences(world.ctx, { task: "nobody", limit: 50 })).rejects.toMatchObject({ code: "not_found" });
  });
});
