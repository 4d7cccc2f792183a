import { expect, it } from "vitest";
import { typeGuide } from "../support/world/guide.ts";
import { withWorld } from "../support/world/world.ts";

it("the commands of the guide to pairs do what it says", { timeout: 120_000 }, async () => {
  await withWorld({}, async (world) => {
    const printed = await typeGuide(world, "app-pairs.md", "pairs");
    const [bound = "", smoked = "", started = "", woken = "", rotated = "", stopped = ""] = printed;
    expect(bound.match(/next: \w+/g)).toEqual(["next: start_dispatch", "next: wake_manager", "next: wake_worker"]);
    expect(smoked.match(/^real work is .*$/gm)).toEqual([
      ...["real work is allowed", "real work is not allowed", "real work is not allowed", "real work is allowed"],
    ]);
    expect(smoked.split("velvet-otter")).toHaveLength(2);
    expect(
      started
        .split("autopilot of task login")
        .at(-1)
        ?.match(/^blocker: .*$/gm),
    ).toEqual(["blocker: dispatcher dispatch-local: lease missing"]);
    expect(woken).toContain("worker: skipped_healthy");
    expect(rotated).toContain("login-worker goes on in thread thr-w2, once it shows itself");
    expect(rotated).toMatch(/^worker login-worker \(codex_app\): missing, never heard of$/m);
    expect(stopped).toContain("autopilot of task login: stopped");
    expect(await world.ask<"tasks.list">("tasks")).toMatchObject([{ name: "login", state: "done" }]);
  });
});
