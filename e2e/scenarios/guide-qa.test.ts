import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PNG } from "pngjs";
import { expect, it } from "vitest";
import { typeGuide } from "../support/world/guide.ts";
import { withWorld } from "../support/world/world.ts";

it("the commands of the guide to QA do what it says", { timeout: 180_000 }, async () => {
  await withWorld({}, async (world) => {
    for (const [name, grey] of [
      ["design.png", 0],
      ["now.png", 9],
    ] as const) {
      const picture = new PNG({ width: 2, height: 2 });
      picture.data.set([0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255, grey, 0, 0, 255]);
      writeFileSync(join(world.project, name), PNG.sync.write(picture));
    }
    const printed = await typeGuide(world, "qa.md", "qa");
    expect(printed[0]).toContain("ship-it-loop: passed");
    expect(printed[1]).toMatch(/all: passed \(\d+ checks\)/);
    expect(printed[1]).not.toContain("failed");
    expect(printed[2]).toContain("QA plan: dispatch-completion");
    expect(JSON.parse(printed[3] ?? "")).toMatchObject({ diff_score: 0.25, below_threshold: true });
    expect(readFileSync(join(world.project, "qa.xml"), "utf8")).toContain('failures="0"');
    expect(readFileSync(join(world.project, "out/diff.html"), "utf8")).toContain("data:image/png");
    const { criteria } = await world.ask<"criteria.list">("criteria", "view", "--list");
    expect(criteria.map(({ status }) => status)).toEqual(["satisfied", "satisfied"]);
  });
});
