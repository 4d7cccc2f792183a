import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { blocksOf } from "../support/world/markdown.ts";
import { start, told } from "../support/world/process.ts";
import { REPOSITORY, withWorld } from "../support/world/world.ts";

const GUIDE = readFileSync(join(REPOSITORY, "docs/guides/loops.md"), "utf8");

it("the commands of the guide to loops do what it says", { timeout: 180_000 }, async () => {
  await withWorld({}, async (world) => {
    const printed: string[] = [];
    for (const { text } of blocksOf(GUIDE).filter(({ info }) => info === "sh loops")) {
      const running = await start(["bash", "-eo", "pipefail", "-c", text], {
        cwd: world.project,
        env: world.callerEnv,
      });
      const ran = await running.done;
      expect(ran.code, told(ran)).toBe(0);
      printed.push(ran.stdout);
    }
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
