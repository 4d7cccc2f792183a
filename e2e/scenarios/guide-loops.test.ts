import { expect, it } from "vitest";
import { typeGuide } from "../support/world/guide.ts";
import { withWorld } from "../support/world/world.ts";

it("the commands of the guide to loops do what it says", { timeout: 180_000 }, async () => {
  await withWorld({}, async (world) => {
    const printed = await typeGuide(world, "loops.md", "loops");
    const [made, refused, run, proven, next, own, ended, triggers] = printed;
    expect(made).toContain("nightly");
    expect(refused).toContain("missing_required_evidence");
    expect(refused).toContain("record_evidence");
    expect(refused).toContain("continuation_blocked");
    expect(run).toContain('"state": "passed"');
    expect(proven).toContain("nightly, continue: open");
    expect(next).toContain("Go on with the lexer");
    expect(next).toContain("iteration 2/3");
    expect(own).toContain('"template_version": 1');
    expect(ended).toContain("closed");
    expect(triggers).toContain("loop-gate-trigger");
    expect(triggers).toContain("Ordinary guidance");
    expect(await world.ask<"tasks.list">("tasks")).toMatchObject([{ name: "parser", state: "done" }]);
  });
});
