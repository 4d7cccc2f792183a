import { expect } from "vitest";
import { inEveryMode } from "../support/world/in-every-mode.ts";

inEveryMode("what is going on, who waits and why is told the same everywhere", async (world) => {
  const { worker } = await world.pair("auth");
  const lines = await world.ask<"everyday.ps">("ps");
  expect(lines.map(({ name }) => name)).toEqual(expect.arrayContaining(["auth", worker]));
  expect(await world.ask<"everyday.inbox">("inbox")).toEqual([]);
  expect(await world.ask<"everyday.overview">("overview")).toMatchObject({ waiting: [], sessions: { all: 2 } });
  expect(await world.ask<"everyday.inspect">("inspect", "auth")).toMatchObject({ kind: "task", state: "managed" });
  expect((await world.refused("attach", worker)).error.code).toBe("precondition_failed");
});
