import { expect, it } from "vitest";
import { createAgents } from "./index.ts";

it.each([
  ["codex", "codex"],
  ["generic", "generic"],
  ["claude", "generic"],
  ["constructor", "generic"],
])("reads a session of kind %s as %s", (kind, expected) => {
  expect(createAgents().of(kind).kind).toBe(expected);
});
