import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { inEveryMode } from "../support/world/in-every-mode.ts";

inEveryMode("what happened is replayed, judged, measured and kept safe", async (world) => {
  await world.pair("parser");
  const follower = await world.begin(["replay", "parser", "--follow", "--backlog", "1", "--kind", "command"]);
  const nudge = ["enqueue-nudge-worker", "parser", "--message", "a secret word", "--correlation-id", "slice-1"];
  await world.ask<"dispatch.enqueueNudgeWorker">(...nudge);
  await follower.printed(/"kind":"command"/);
  await world.ask<"dispatch.run">("dispatch", "--once", "--no-ingest");

  const whole = await world.ask<"audit.replay">("replay", "parser");
  const last = await world.ask<"audit.replay">("replay", "parser", "--limit", "1");
  expect(last.entries).toEqual(whole.entries.slice(-1));
  const before = await world.ask<"audit.replay">("replay", "parser", "--before", String(last.earlier));
  expect(before.entries).toEqual(whole.entries.slice(0, -1));
  expect(JSON.stringify(whole)).not.toContain("secret word");
  expect(await world.refused("replay", "parser", "--limit", "1000000000")).toMatchObject({ code: 2 });
  expect(await world.refused("replay", "parser", "--before", "x")).toMatchObject({ error: { code: "invalid_input" } });

  expect(await world.ask<"audit.mutations">("mutation-audit", "parser")).toMatchObject({ ok: true, records: [] });
  const explained = await world.ask<"everyday.inspect">("explain", "1");
  expect(explained.chain?.correlation_id).toBe("slice-1");

  const snapshot = await world.ask<"telemetry.snapshotTask">("telemetry", "snapshot", "--task", "parser");
  expect(snapshot).toMatchObject({ task: { name: "parser" }, commands: { unfinished_count: 0 } });
  expect((await world.ask<"telemetry.metrics">("telemetry", "metrics")).latencies.created_to_delivered.count).toBe(1);
  expect((await world.cli("telemetry", "check", "--max-storage-bytes", "1")).code).toBe(1);
  expect((await world.cli("telemetry", "--search", 'NEAR( " a AND {b} : ^c')).code).toBe(0);

  expect(await world.ask<"telemetry.task">("telemetry", "task", "parser")).toMatchObject({ task: { name: "parser" } });
  expect((await world.cli("telemetry", "failures")).code).toBe(0);
  expect((await world.ask<"system.dbStats">("db-stats")).tables.map(({ name }) => name)).toContain("events");
  writeFileSync(join(world.project, "policy.json"), "{}");
  const judged = await world.ask<"audit.whatIf">("replay", "parser", "--policy", "policy.json");
  expect(judged.task).toMatchObject({ name: "parser" });

  expect((await world.ask<"transcripts.redact">("redact", "--task", "parser")).redacted_count).toBe(0);
  const copy = join(world.project, "copy.db");
  expect((await world.ask<"system.backup">("backup", "--output", copy)).path).toBe(copy);
  writeFileSync(join(world.project, "no.db"), "no ledger");
  expect(await world.refused("restore", join(world.project, "no.db"))).toMatchObject({
    error: { code: "ledger_invalid" },
  });

  follower.kill("SIGINT");
  const ended = await follower.done;
  expect(ended.stdout).not.toContain("secret word");
});
