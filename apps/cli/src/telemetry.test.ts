import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeWorld, type World } from "./testing/run-cli.ts";

let world: World;
beforeEach(async () => {
  world = await makeWorld();
  for (const name of ["one", "two", "three"]) await world.cli("tasks", "--create", name, "--goal", "g");
});
afterEach(() => world.remove());

describe("telemetry on the command line", () => {
  it("prints one line per event, oldest first, and an array with --json", async () => {
    const { code, stdout, stderr } = await world.cli("telemetry");
    expect([code, stderr]).toEqual([0, ""]);
    const lines = stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z workerctl task_created \[info\] .*one/);
    const events = JSON.parse((await world.cli("telemetry", "--json")).stdout) as Record<string, unknown>[];
    expect(events).toHaveLength(3);
    const keys = ["actor", "attributes", "correlation", "event_type", "id", "run_id", "severity", "summary"];
    expect(Object.keys(events[0] ?? {})).toEqual([...keys, "task_id", "timestamp"]);
  });

  it("says on stderr how many it left out, and how to see them", async () => {
    const oldest = await world.cli("telemetry", "--limit", "1");
    expect(oldest.stdout).toContain("one");
    expect(oldest.stderr).toBe("2 newer events left out; --newest begins with the newest\n");
    const newest = await world.cli("telemetry", "--limit", "2", "--newest", "--json");
    expect(newest.stdout).toContain("three");
    expect(newest.stderr).toBe("1 older event left out; a larger --limit shows more\n");
    expect((await world.cli("telemetry", "--limit", "3")).stderr).toBe("");
  });

  it("sums up as key and value lines", async () => {
    const { stdout } = await world.cli("telemetry", "--summary");
    expect(stdout).toMatch(/^total: 3\nby_actor:\n {2}workerctl: 3\nby_event_type:\n {2}task_created: 3\n/);
    expect(stdout).toMatch(/\nrun_id: -\ntask_id: -\n$/);
    expect((await world.cli("telemetry", "--count")).stdout).toBe("3 events\n");
  });

  it("refuses flags of another form", async () => {
    for (const argv of [
      ["--summary", "--newest"],
      ["--follow", "--limit", "3"],
      ["--count", "--backlog", "3"],
      ["--summary", "--follow"],
    ])
      expect(await world.cli("telemetry", ...argv), argv.join(" ")).toMatchObject({ code: 2, stdout: "" });
  });
});
