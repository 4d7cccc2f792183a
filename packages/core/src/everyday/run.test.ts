import { operations } from "@conveyor/contracts/registry";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Scene } from "../startup/testing/scene.ts";
import { ps } from "./ps.ts";
import { nameFromPrompt } from "./run/names.ts";
import { run } from "./run.ts";

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
});
afterEach(() => scene.close());

/** Dispatch is the program started again; here that is one which ends at once. */
const given = (input: Record<string, unknown>) =>
  run(
    { ...scene.world.ctx, settings: { ...scene.world.ctx.settings, self: [process.execPath, "-e", "0", "--"] } },
    operations.everyday.run.input.parse({
      cwd: scene.world.cwd,
      prompt: "Fix the flaky parser test, please",
      ...input,
    }),
  );

describe("run", () => {
  it("leaves a task with its worker, an inbox of the caller's, and criteria with accepted checks", async () => {
    await scene.installAgent();
    const made = await given({ check: ["npm test", "node -e 'process.exit(0)'"] });
    expect(made).toMatchObject({
      task: { name: "fix-the-flaky-parser" },
      worker: {
        name: "fix-the-flaky-parser-worker",
        role: "worker",
        tmux_session: "codex-fix-the-flaky-parser-worker",
      },
      you: "fix-the-flaky-parser-you",
      turn: "completed",
      said: expect.stringMatching(/\S/),
      criteria: [1, 2],
    });
    const { bindings, checks, task } = await scene.world.store.read(async (tx) => ({
      bindings: await tx.db.bindings.findMany({ include: { worker_session: true, manager_session: true } }),
      checks: await tx.db.checks.findMany({ orderBy: { id: "asc" } }),
      task: await tx.db.tasks.findFirstOrThrow(),
    }));
    expect(
      bindings.map(({ worker_session, manager_session }) => [worker_session?.name, manager_session?.name]),
    ).toEqual([["fix-the-flaky-parser-worker", "fix-the-flaky-parser-you"]]);
    expect(checks.map(({ spec_json, accepted_by }) => [JSON.parse(spec_json).argv, accepted_by])).toEqual([
      [["npm", "test"], "operator"],
      [["node", "-e", "process.exit(0)"], "operator"],
    ]);
    expect(task.goal).not.toContain("parser");
    expect((await ps(scene.world.ctx, { all: false })).map(({ name }) => name)).toContain(made.you);
  });

  it("follows nothing when it is told to go, and takes the next free name for the same prompt", async () => {
    await scene.installAgent();
    expect(await given({ detach: true })).toMatchObject({ turn: "not_followed", said: null });
    expect(await given({ detach: true })).toMatchObject({ task: { name: "fix-the-flaky-parser-2" } });
    await expect(given({ name: "fix-the-flaky-parser" })).rejects.toMatchObject({ code: "conflict" });
  });

  it.each([
    ["an agent that nobody knows", { agent: "clippy" }, "invalid_input"],
    ["a check that needs a shell", { check: ["npm test && rm -rf x"] }, "invalid_input"],
    ["a folder that is not there", { cwd: "/nowhere/at/all" }, "invalid_input"],
  ])("touches nothing for %s", async (_what, input, code) => {
    await scene.installAgent();
    await expect(given(input)).rejects.toMatchObject({ code });
    expect(await scene.world.store.read((tx) => tx.db.tasks.count())).toBe(0);
    expect(await scene.commands()).toEqual([]);
  });

  it.each([
    ["Fix the flaky parser test, please", "fix-the-flaky-parser"],
    ["  Ünïcode — only: 你好", "n-code-only"],
    ["你好", "run"],
    ["a".repeat(80), "a".repeat(32)],
  ])("%j is called %s", (prompt, name) => expect(nameFromPrompt(prompt)).toBe(name));
});
