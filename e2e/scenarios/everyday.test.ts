import { expect } from "vitest";
import { inEveryMode } from "../support/world/in-every-mode.ts";

inEveryMode("what is going on, who waits and why is told the same everywhere", async (world) => {
  const { worker } = await world.pair("auth");
  const lines = await world.ask<"everyday.ps">("ps");
  expect(lines.map(({ name }) => name)).toEqual(expect.arrayContaining(["auth", worker]));
  expect(await world.ask<"everyday.inbox">("inbox")).toEqual([]);
  expect(await world.ask<"everyday.overview">("overview")).toMatchObject({ waiting: [], sessions: { all: 2 } });
  expect(await world.ask<"everyday.inspect">("inspect", "auth")).toMatchObject({ kind: "task", state: "managed" });
  expect(await world.ask<"everyday.names">("names", "task")).toEqual(["auth"]);
  expect((await world.refused("attach", worker)).error.code).toBe("precondition_failed");
});

inEveryMode("a message is sent, waited for, found in the log, and what was registered is forgotten", async (world) => {
  const { worker } = await world.pair("auth");
  const sent = await world.ask<"everyday.send">("send", "auth", "run the tests", "--when", "now");
  expect(sent).toMatchObject({ session: worker, stage: "accepted" });
  const there = await world.ask<"everyday.wait">("wait", worker, "--for", "message", "--timeout", "5");
  expect(there).toMatchObject({ holds: true });
  const log = await world.ask<"everyday.logs">("logs", "auth");
  expect(log.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["command", "message"]));
  expect(JSON.stringify(log)).not.toContain("run the tests");
  expect((await world.refused("rm", worker)).error.code).toBe("confirmation_required");
  expect((await world.ask<"everyday.rm">("rm", worker, "--yes")).done).toHaveLength(2);
});

inEveryMode("what holds where no flag says otherwise is set, explained and trusted", async (world) => {
  expect(await world.ask<"config.set">("config", "set", "start.timeout_seconds", "7", "--project")).toMatchObject({
    changed: true,
    value: 7,
  });
  expect(await world.ask<"config.get">("config", "get", "start.timeout_seconds")).toMatchObject({
    value: 7,
    origin: "project",
  });
  const { places } = await world.ask<"config.explain">("config", "explain", "start.timeout_seconds");
  expect(places).toMatchObject([{ origin: "project", counts: true }]);
  expect(await world.ask<"config.trust">("config", "trust")).toMatchObject({ unsafe_keys: [] });
  expect((await world.ask<"config.path">("config", "path")).project).toMatchObject({ exists: true, trusted: true });
  expect(await world.ask<"config.unset">("config", "unset", "start.timeout_seconds", "--project")).toMatchObject({
    changed: true,
  });
  expect(await world.ask<"config.list">("config", "list")).toContainEqual(
    expect.objectContaining({ key: "start.timeout_seconds", origin: "default" }),
  );
  expect(await world.ask<"config.schema">("config", "schema")).toMatchObject({ type: "object" });
});
