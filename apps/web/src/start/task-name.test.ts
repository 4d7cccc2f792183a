import { expect, it } from "vitest";
import { taskNameOf } from "./task-name.ts";

it.each([
  ["Refactor the sign-in code", "refactor-sign-code"],
  ["Größe: fix it!", "gro-e-fix-it"],
  ["a b.c: d", "b-c-d"],
  ["  ", "task"],
  ["…", "task"],
  ["--path=/ rm -rf", "path-rm-rf"],
  ["x".repeat(200), "x".repeat(48)],
])("makes a name of %j that a shell and tmux take as it is", (goal, name) => {
  expect(taskNameOf(goal)).toBe(name);
  expect(name).toMatch(/^[a-z0-9][a-z0-9-]*$/);
});
