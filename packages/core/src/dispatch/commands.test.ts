import { operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { asShown } from "../testing/as-shown.ts";
import { createWorld, type World } from "../testing/world.ts";
import { commands as listCommands } from "./commands.ts";
import { enqueueNotifyManager, enqueueNudgeWorker } from "./enqueue-message.ts";

const input = (fields: Record<string, unknown>) => operations.dispatch.enqueueNotifyManager.input.parse(fields);
const list = (fields: Record<string, unknown> = {}) => operations.dispatch.commands.input.parse(fields);

describe("the command log", () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
  });
  afterEach(() => world.close());

  it("filters, keeps the newest, and hides bodies unless asked", async () => {
    const { task } = await world.pair();
    const other = await world.task({ name: "other" });
    for (const message of ["one", "two", "three"])
      await enqueueNudgeWorker(world.ctx, input({ task: task.name, message, correlation_id: message }));
    await enqueueNotifyManager(world.ctx, input({ task: other.name, message: "elsewhere" }));
    const shown = async (fields: Record<string, unknown>) =>
      (await asShown("dispatch.commands", listCommands, world.ctx, list({ include_content: true, ...fields }))).map(
        ({ payload }) => payload["message"],
      );
    expect(await shown({})).toEqual(["one", "two", "three", "elsewhere"]);
    expect(await shown({ task: task.name, limit: 2 })).toEqual(["two", "three"]);
    expect(await shown({ type: "notify_manager" })).toEqual(["elsewhere"]);
    expect(await shown({ correlation_id: "two", state: "pending" })).toEqual(["two"]);
    expect(await shown({ since: "2999-01-01T00:00:00Z" })).toEqual([]);
    expect(await shown({ worker: "worker-1" })).toEqual([]);
    expect(JSON.stringify(await asShown("dispatch.commands", listCommands, world.ctx, list()))).not.toContain(
      'elsewhere"',
    );
    await expect(
      asShown("dispatch.commands", listCommands, world.ctx, list({ task: "nowhere" })),
    ).rejects.toMatchObject({ code: "not_found" });
  });
});
