import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWorld, type World } from "../testing/world.ts";
import { resolveSession, resolveTask } from "./references.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

describe("a name that nothing has", () => {
  it.each([
    ["parsr", "parser"],
    ["parser-rewrit", "parser-rewrite"],
    ["rewrite", "parser-rewrite"],
    ["PARSER", "parser"],
  ])("task %s: %s was probably meant", async (given, meant) => {
    await world.task({ name: "parser" });
    await world.task({ name: "parser-rewrite" });
    await expect(world.store.peek((tx) => resolveTask(tx, given))).rejects.toMatchObject({
      code: "not_found",
      hint: expect.stringMatching(new RegExp(`^did you mean ${meant}\\?`)),
      details: { nearest: meant },
    });
  });

  it("is a session's as well, and nothing is guessed where nothing comes near", async () => {
    await world.worker({ name: "ada" });
    await expect(world.store.peek((tx) => resolveSession(tx, "adda"))).rejects.toMatchObject({
      hint: expect.stringMatching(/^did you mean ada\?/),
    });
    for (const look of [resolveSession, resolveTask]) {
      await expect(world.store.peek((tx) => look(tx, "something-else"))).rejects.toMatchObject({
        hint: expect.stringMatching(/^list what exists with/),
      });
    }
  });
});
