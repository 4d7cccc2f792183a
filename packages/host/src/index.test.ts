import { expect, it } from "vitest";
import { createHost, fixedClock } from "./index.ts";
import { anybody, privateTmux } from "./tmux/testing.ts";

it("a host with a clock that stands still can still type into a pane", async () => {
  const world = await privateTmux();
  const host = createHost({
    tmux: world.options,
    clock: fixedClock("2026-01-01T00:00:00.000Z"),
    env: world.options.env,
  });
  try {
    const { pid } = await host.tmux.start({ session: "a", cwd: world.folder, argv: ["cat"] });
    await host.tmux.pasteText({ session: "a", agent: anybody }, "hello");
    expect(await host.processes.isAlive(pid, await host.processes.startTime(pid))).toBe(true);
    expect(host.clock.iso()).toBe("2026-01-01T00:00:00.000Z");
    expect(host.ids.next("task")).toMatch(/^task-/);
    expect(host.hostname).not.toBe("");
  } finally {
    await world.close();
  }
});
