import { expect, it } from "vitest";
import { typeGuide } from "../support/world/guide.ts";
import { withWorld } from "../support/world/world.ts";

it("the commands of the guide to proof do what it says", { timeout: 120_000 }, async () => {
  await withWorld({}, async (world) => {
    // `verify` ends with 1 while something is not proven, which the guide shows too.
    const printed = await typeGuide(world, "proof.md", "proof", (script) =>
      script.replaceAll(/^(conveyor verify .*)$/gm, "$1 || test $? -eq 1"),
    );
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
