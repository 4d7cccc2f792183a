import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { blocksOf } from "../support/world/markdown.ts";
import { start, told } from "../support/world/process.ts";
import { REPOSITORY, withWorld } from "../support/world/world.ts";

const GUIDE = readFileSync(join(REPOSITORY, "docs/guides/proof.md"), "utf8");

it("the commands of the guide to proof do what it says", { timeout: 120_000 }, async () => {
  await withWorld({}, async (world) => {
    const blocks = blocksOf(GUIDE).filter(({ info }) => info === "sh proof");
    const printed: string[] = [];
    for (const { text } of blocks) {
      // `verify` ends with 1 while something is not proven, which the guide shows too.
      const script = text.replaceAll(/^(conveyor verify .*)$/gm, "$1 || test $? -eq 1");
      const running = await start(["bash", "-eo", "pipefail", "-c", script], {
        cwd: world.project,
        env: world.callerEnv,
      });
      const ran = await running.done;
      expect(ran.code, told(ran)).toBe(0);
      printed.push(ran.stdout);
    }
    const states = printed.map((text) => [...text.matchAll(/^#1\t(\w+)/gm)].map(([, state]) => state));
    expect(states).toEqual([
      [],
      ["verified", "verified"],
      ["stale", "verified"],
      ["doubtful", "verified"],
      ["verified"],
      [],
      [],
      [],
    ]);
    expect(printed.at(-1)).toContain('"ok": true');
    const tasks = await world.ask<"tasks.list">("tasks");
    expect(tasks.map(({ name, state }) => [name, state]).sort()).toEqual([
      ["adding", "done"],
      ["reporting", expect.any(String)],
    ]);
    const others = printed.map((text) => [...text.matchAll(/^#3\t(\w+)/gm)].map(([, state]) => state));
    expect(others.flat()).toEqual(["unproven", "verified"]);
  });
});
