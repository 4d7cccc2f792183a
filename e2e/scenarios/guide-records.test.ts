import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { blocksOf } from "../support/world/markdown.ts";
import { start, told } from "../support/world/process.ts";
import { REPOSITORY, withWorld } from "../support/world/world.ts";

const GUIDE = readFileSync(join(REPOSITORY, "docs/guides/records.md"), "utf8");

it("the commands of the guide to records do what it says", { timeout: 120_000 }, async () => {
  await withWorld({}, async (world) => {
    const printed: string[] = [];
    for (const { text } of blocksOf(GUIDE).filter(({ info }) => info === "sh records")) {
      const running = await start(["bash", "-eo", "pipefail", "-c", text], {
        cwd: world.project,
        env: world.callerEnv,
      });
      const ran = await running.done;
      expect(ran.code, told(ran)).toBe(0);
      printed.push(ran.stdout);
    }
    const [, happened, stand, otherwise, safe] = printed;
    expect(happened).toContain("instruction put in the inbox of");
    expect(happened).not.toContain("start with the tests");
    expect(stand).toContain("key,telemetry_events,errors,commands");
    expect(stand).toContain("healthy");
    expect(otherwise).toContain("would have");
    expect(safe).toContain("what stood there is kept in");
    expect(safe).toMatch(/"ok": true,\n {2}"path"/);
  });
});
