import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { withWorld } from "../support/world/world.ts";

it("verify --watch runs again what an edit made stale, until it is stopped", { timeout: 60_000 }, async () => {
  await withWorld({}, async (world) => {
    await world.pair("parser");
    writeFileSync(join(world.project, "file"), "good");
    const add = ["criteria", "parser", "--add", "--source", "user_requested", "--status", "accepted"];
    const { checks = [] } = await world.ask<"criteria.add">(
      ...add,
      "--criterion",
      "it is good",
      "--check",
      "grep -q good file",
    );
    expect(checks).toMatchObject([
      { name: "grep -q good file", command: "grep -q good file", accepted_by: "operator" },
    ]);
    const watching = await world.begin(["verify", "parser", "--watch", "--settle", "0.2"]);
    await watching.printed(/"state":"verified"/);
    writeFileSync(join(world.project, "file"), "bad");
    await watching.printed(/"state":"failed"/);
    watching.kill("SIGINT");
    expect((await watching.done).code).toBe(130);
  });
});
