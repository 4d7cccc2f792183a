import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWorld, type World } from "./world.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

describe("a test's world", () => {
  it("pairs a task with a worker and a manager through the real functions", async () => {
    const { task, worker, manager, binding_id } = await world.pair({ task: "auth" });
    expect(task.name).toBe("auth");
    expect([worker.name, manager.name]).toEqual(["auth-worker", "auth-manager"]);
    expect(await world.auditTypes()).toEqual([
      "task_created",
      "session_registered",
      "session_registered",
      "binding_created",
    ]);
    expect((await world.auditEvent("binding_created"))?.payload["binding_id"]).toBe(binding_id);
    expect((await world.telemetryEvent("binding_created"))?.correlation["binding_id"]).toBe(binding_id);
  });

  it.each([
    [{ status: "done", extra: 1 }, /event run_finished, attributes: .*extra/],
    [{ status: 7 }, /event run_finished, attributes: .*expected string/],
  ])("lets no event hold what its declaration does not allow: %j", async (attributes, problem) => {
    const told = world.store.fast((tx) =>
      tx.tell("run_finished", {
        severity: "info",
        summary: "a run ended",
        attributes: attributes as unknown as { status: string },
      }),
    );
    await expect(told).rejects.toThrow(problem);
    expect(await world.telemetryTypes()).toEqual([]);
  });

  it("lets no event have an actor that its declaration does not name", async () => {
    const told = world.store.fast((tx) =>
      tx.tell("app_heartbeat", {
        actor: "operator" as "worker",
        summary: "somebody lives",
        attributes: { direct_inbox_command: "", role: "worker", session_id: "s", task: "t" },
      }),
    );
    await expect(told).rejects.toThrow("event app_heartbeat: operator is none of manager, worker");
  });

  it("has a tmux server of its own", async () => {
    const pane = await world.tmux("codex-auth");
    expect((await world.host.tmux.paneOf({ session: "codex-auth" })).pane_id).toBe(pane.pane_id);
  });
});
