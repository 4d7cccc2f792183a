import { expect, it } from "vitest";
import { agentOfKind } from "./index.ts";

it.each([
  ["codex", "codex"],
  ["generic", "generic"],
  ["claude", "generic"],
  ["constructor", "generic"],
])("reads a session of kind %s as %s", (kind, expected) => {
  expect(agentOfKind(kind).kind).toBe(expected);
});
