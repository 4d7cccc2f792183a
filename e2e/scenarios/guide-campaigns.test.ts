import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { typeGuide } from "../support/world/guide.ts";
import { REPOSITORY, withWorld } from "../support/world/world.ts";

it("the commands of the guide to campaigns do what it says", { timeout: 120_000 }, async () => {
  await withWorld({}, async (world) => {
    const printed = await typeGuide(world, "campaigns.md", "campaign");
    const next = [...(printed[1] ?? "").matchAll(/^next: (\w+)/gm)].map(([, action]) => action);
    expect(next).toEqual(["wake_or_rotate_workers", "assign_work"]);
    expect(printed[2]).toContain("needs_review -> approved, decided by Ann");
    expect(printed[4]).toMatch(/^launch: ready_to_close$/m);
    expect(printed[4]).toMatch(/^campaign launch is closed$/m);
    expect(readFileSync(join(world.project, "launch.html"), "utf8")).toContain("<h1>launch</h1>");
    const guide = readFileSync(join(REPOSITORY, "docs/guides/campaigns.md"), "utf8");
    const actions = [...guide.matchAll(/^\| `(\w+)` \|/gm)].map(([, action]) => action);
    expect(actions).toContain("close_campaign");
    expect(actions).toHaveLength(8);
  });
});
