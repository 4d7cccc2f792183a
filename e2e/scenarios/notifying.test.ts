import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { inEveryMode } from "../support/world/in-every-mode.ts";
import { withWorld } from "../support/world/world.ts";

inEveryMode("what people are told of is listed, and a status bar says how everything stands", async (world) => {
  await world.pair("parser");
  await world.ask<"dispatch.enqueueNudgeWorker">(
    ...["enqueue-nudge-worker", "parser", "--message", "a secret word", "--required-permission", "repo.push_branch"],
  );
  await world.ask<"dispatch.run">("dispatch", "--once", "--no-ingest");
  const told = await world.ask<"notifications.list">("notify", "list");
  expect(told).toMatchObject([
    { urgency: expect.any(String), task: "parser", link: expect.stringMatching(/^\/tasks\//) },
  ]);
  expect(JSON.stringify(told)).not.toContain("secret");
  expect(await world.ask<"notifications.list">("notify", "list", "--state", "failed")).toEqual([]);
  const line = await world.cli("status-line", "--human");
  expect([line.code, line.stdout]).toEqual([0, "2 agents\n"]);
  expect(await world.refused("notify", "test", "nobody")).toMatchObject({ code: 2, error: { code: "not_found" } });
  expect(await world.refused("notify", "list", "--limit", "0")).toMatchObject({ code: 2 });
});

it("a server tells the sinks of the user's configuration, and takes changes of it up", {
  timeout: 120_000,
}, async () => {
  await withWorld({}, async (world) => {
    const folder = join(world.root, "config", "conveyor");
    const file = join(world.root, "told.jsonl");
    mkdirSync(folder, { recursive: true });
    const env = { XDG_CONFIG_HOME: join(world.root, "config") };
    const argv = (name: string) => JSON.stringify(["sh", "-c", `sed 's/^/${name} /' >> '${file}'`]);
    const sink = (name: string) => `[[notify.sinks]]\nname = "${name}"\ntype = "command"\nargv = ${argv(name)}\n`;
    writeFileSync(join(folder, "config.toml"), sink("one"));
    const tested = await world.begin(["notify", "test", "one", "--json"], { env });
    const ran = await tested.done;
    expect([ran.code, JSON.parse(ran.stdout)]).toEqual([0, { delivered: true, sink: "one", type: "command" }]);

    const server = await world.begin(["serve", "--port", "0", "--json"], { env });
    await server.printed(/"running": true/);
    await world.pair("parser");
    const refused = ["enqueue-nudge-worker", "parser", "--message", "a secret word", "--required-permission"];
    await world.ask<"dispatch.enqueueNudgeWorker">(...refused, "repo.push_branch");
    const lines = async (amount: number) => {
      const follow = () => readFileSync(file, "utf8").trim().split("\n");
      await expect.poll(() => follow().length, { timeout: 60_000 }).toBe(amount);
      return follow();
    };
    const [, first = ""] = await lines(2);
    expect(first).toMatch(/^one \{/);
    expect(JSON.parse(first.slice("one ".length))).toMatchObject({
      task: "parser",
      link: expect.stringMatching(/^http:\/\/127/),
    });
    writeFileSync(join(folder, "config.toml"), sink("two"));
    await world.ask<"dispatch.enqueueNudgeWorker">(...refused, "repo.open_pr");
    expect((await lines(3))[2]).toMatch(/^two \{/);
    expect(readFileSync(file, "utf8")).not.toContain("secret");
    server.kill("SIGTERM");
    await server.done;
  });
});
