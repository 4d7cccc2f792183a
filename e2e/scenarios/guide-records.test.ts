import { expect, it } from "vitest";
import { typeGuide } from "../support/world/guide.ts";
import { withWorld } from "../support/world/world.ts";

it("the commands of the guide to records do what it says", { timeout: 120_000 }, async () => {
  await withWorld({}, async (world) => {
    const printed = await typeGuide(world, "records.md", "records");
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
