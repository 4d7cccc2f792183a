import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readWords } from "./testing/printed.ts";
import { makeWorld, type World } from "./testing/run-cli.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.remove());

const TURN = ["--correlation-id", "t", "--reviewer-session-id", "r", "--manager-session-id", "m"];

describe("a flag that takes all that follows", () => {
  it.each([
    [
      ["--reviewer-command", "codex", "--json", "-h", "--path", "x"],
      ["codex", "--json", "-h", "--path", "x"],
    ],
    [
      ["--reviewer-command", "--", "sh", "-c", "true"],
      ["sh", "-c", "true"],
    ],
    [
      ["--reviewer-command=sh", "-c", "a=b"],
      ["sh", "-c", "a=b"],
    ],
    [["--reviewer-command=a=b"], ["a=b"]],
    [["--reviewer-command"], []],
  ])("hands %j on as it stands there", async (words, command) => {
    const call = await readWords(["continuation-reviewer", "task", ...TURN, ...words]);
    expect(call.input["reviewer_command"]).toEqual(command);
    expect([call.ledger, call.output]).toEqual([undefined, "default"]);
  });

  it("keeps the help and the form of our own answer out of it", async () => {
    await world.cli("tasks", "--create", "parser", "--goal", "g");
    const refused = await world.cli(
      "continuation-reviewer",
      "parser",
      ...TURN,
      "--reviewer-command",
      "x",
      "--json",
      "-h",
    );
    expect(refused.code).toBe(1);
    expect(refused.stdout).toBe("");
    expect(refused.stderr).toMatch(/^conveyor|context\.spawn_reviewer/);
    expect(() => JSON.parse(refused.stderr)).toThrow();
  });
});
