import { expect } from "vitest";
import { inEveryMode } from "../support/world/in-every-mode.ts";

inEveryMode("what was done is listed, searched, counted and followed, without any content", async (world) => {
  await world.pair("parser");
  const follower = await world.begin(["telemetry", "--follow", "--backlog", "1", "--event-type", "command_created"]);
  const graver = await world.begin(["telemetry", "--follow", "--backlog", "5", "--severity", "warning", "--human"]);
  const nudge = ["enqueue-nudge-worker", "parser", "--message", "a secret word"];
  await world.ask<"dispatch.enqueueNudgeWorker">(...nudge, "--correlation-id", "slice-1");
  await follower.printed(/"event_type":"command_created"/);
  await world.ask<"dispatch.enqueueNudgeWorker">(...nudge, "--required-permission", "repo.merge_green_pr");
  await world.ask<"dispatch.run">("dispatch", "--once", "--no-ingest");
  await graver.printed(/dispatch dispatch_command_permission_checked \[warning\] /);

  const created = await world.ask<"telemetry.list">("telemetry", "--event-type", "command_created");
  expect(created).toMatchObject([
    { actor: "workerctl", severity: "info", correlation: { correlation_id: "slice-1", command_type: "nudge_worker" } },
    { attributes: { required_permission: "repo.merge_green_pr" } },
  ]);
  const [newest] = await world.ask<"telemetry.list">("telemetry", "--newest", "--limit", "1", "--task", "parser");
  expect(newest?.event_type).toBe("dispatch_command_failed");
  const found = await world.ask<"telemetry.list">("telemetry", "--search", "NUDGE_WORKER queued", "--window", "1h");
  expect(found.map(({ event_type }) => event_type)).toEqual(["command_created", "command_created"]);
  expect(await world.ask<"telemetry.list">("telemetry", "--search", "secret")).toEqual([]);

  const { total } = await world.ask<"telemetry.count">("telemetry", "--count", "--task", "parser");
  const summary = await world.ask<"telemetry.summary">("telemetry", "--summary", "--task", "parser");
  expect(summary).toMatchObject({ total, by_event_type: { command_created: 2, binding_created: 1 } });
  expect(Object.values(summary.by_severity).reduce((sum, amount) => sum + amount)).toBe(total);

  const cut = await world.cli("telemetry", "--task", "parser", "--limit", "2");
  expect(cut.stdout.split("\n")).toHaveLength(3);
  expect(cut.stderr).toBe(`${total - 2} newer events left out; --newest begins with the newest\n`);
  expect(await world.refused("telemetry", "--search", " ")).toMatchObject({
    code: 2,
    error: { code: "invalid_input" },
  });
  expect(await world.refused("telemetry", "--run", "nothing")).toMatchObject({ error: { code: "not_found" } });
  expect(await world.refused("telemetry", "nothing")).toMatchObject({ code: 2, error: { code: "usage" } });

  for (const running of [follower, graver]) {
    running.kill("SIGINT");
    const ended = await running.done;
    expect(ended.code).toBe(130);
    expect(ended.stdout).not.toContain("secret");
  }
});
