import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { reportTurns } from "@conveyor/host";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openObserved } from "../shared/observed.ts";
import { asShown } from "../testing/as-shown.ts";
import { createWorld, type World } from "../testing/world.ts";
import { ingest, ingestSession } from "./ingest.ts";
import { tail } from "./tail.ts";

const fixtures = fileURLToPath(new URL("../../../host/fixtures/rollouts/", import.meta.url));

const turn = (turn_id: string, type: string, more: object = {}) => ({
  timestamp: "2026-11-21T10:00:00.000Z",
  type: "event_msg",
  payload: { type, turn_id, ...more },
});
const line = (record: object) => `${JSON.stringify(record)}\n`;

let world: World;

beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

async function workerOn(path: string) {
  const { session_id, name } = await world.worker({ codex_session: path });
  return { session_id, name };
}

async function stored(session_id: string) {
  return world.store.read((tx) => tx.db.codex_events.findMany({ where: { session_id }, orderBy: { id: "asc" } }));
}

async function observed(session_id: string) {
  const row = await world.store.read((tx) => tx.db.sessions.findUniqueOrThrow({ where: { id: session_id } }));
  return openObserved(row.observation_json, row.codex_session_id);
}

/** A fixture under the name that its thread would have. */
function fixture(name: string): string {
  const source = join(fixtures, `${name}.jsonl`);
  const first = JSON.parse(readFileSync(source, "utf8").split("\n", 1)[0] ?? "") as { payload: { id: string } };
  const path = join(
    world.root,
    "codex-home",
    "sessions",
    "2026",
    "11",
    "21",
    `rollout-2026-11-21T10-00-00-${first.payload.id}.jsonl`,
  );
  mkdirSync(dirname(path), { recursive: true });
  copyFileSync(source, path);
  return path;
}

describe("ingest", () => {
  it("stores every record once and reads only what was appended the next time", async () => {
    const path = world.rollout({ records: [turn("t1", "task_started")] });
    const worker = await workerOn(path);
    const first = await ingest(world.ctx, { session: worker.name });
    expect(first).toMatchObject({
      session: worker.name,
      new_events: 2,
      skipped_lines: 0,
      partial_bytes: 0,
      lag_bytes: 0,
    });
    const added = line(turn("t1", "task_complete", { last_agent_message: "done" }));
    appendFileSync(path, added);
    const second = await ingest(world.ctx, { session: worker.name });
    expect(second).toMatchObject({ new_events: 1, new_offset: first.new_offset + Buffer.byteLength(added) });
    expect(await ingest(world.ctx, { session: worker.name })).toMatchObject({
      new_events: 0,
      new_offset: second.new_offset,
    });
    expect(await stored(worker.session_id)).toHaveLength(3);
  });

  it("leaves a half-written last line for the next run", async () => {
    const path = world.rollout();
    const worker = await workerOn(path);
    await ingest(world.ctx, { session: worker.name });
    const record = line(turn("t1", "task_started"));
    appendFileSync(path, record.slice(0, 20));
    expect(await ingest(world.ctx, { session: worker.name })).toMatchObject({
      new_events: 0,
      skipped_lines: 0,
      partial_bytes: 20,
    });
    appendFileSync(path, record.slice(20));
    expect(await ingest(world.ctx, { session: worker.name })).toMatchObject({ new_events: 1, partial_bytes: 0 });
  });

  it("counts a damaged line once and goes on behind it", async () => {
    const path = world.rollout({ records: [turn("t1", "task_started")] });
    const worker = await workerOn(path);
    appendFileSync(path, "{broken\n[1]\n\n");
    expect(await ingest(world.ctx, { session: worker.name })).toMatchObject({ new_events: 2, skipped_lines: 2 });
    expect(await ingest(world.ctx, { session: worker.name })).toMatchObject({ new_events: 0, skipped_lines: 0 });
    const [event] = await world.store.read((tx) =>
      tx.db.telemetry_events.findMany({ where: { event_type: "codex_events_ingested" }, orderBy: { seq: "asc" } }),
    );
    expect(event?.severity).toBe("warning");
  });

  it("refuses a file that became shorter, and reads it again after a new registration without storing anything twice", async () => {
    const path = world.rollout({ records: [turn("t1", "task_started"), turn("t1", "task_complete")] });
    const worker = await workerOn(path);
    await ingest(world.ctx, { session: worker.name });
    const whole = readFileSync(path);
    truncateSync(path, whole.length - 10);
    await expect(ingest(world.ctx, { session: worker.name })).rejects.toMatchObject({ code: "rollout_truncated" });
    writeFileSync(path, whole);
    await world.worker({ name: worker.name, codex_session: path });
    await ingest(world.ctx, { session: worker.name });
    expect(await stored(worker.session_id)).toHaveLength(3);
    expect((await observed(worker.session_id)).turns.turns_started).toBe(1);
  });

  it("says what is wrong with a session that cannot be read", async () => {
    const path = world.rollout();
    const worker = await workerOn(path);
    unlinkSync(path);
    await expect(ingest(world.ctx, { session: worker.name })).rejects.toMatchObject({ code: "rollout_missing" });
    await world.store.write((tx) =>
      tx.db.sessions.update({ where: { id: worker.session_id }, data: { state: "gone" } }),
    );
    await expect(ingest(world.ctx, { session: worker.name })).rejects.toMatchObject({ code: "session_not_active" });
    await expect(ingest(world.ctx, { session: "nobody" })).rejects.toMatchObject({ code: "not_found" });
  });

  it("stops at the byte limit, says how much is left, and continues there", async () => {
    const records = Array.from({ length: 40 }, (_, index) => turn(`t${index}`, "task_started"));
    const worker = await workerOn(world.rollout({ records }));
    const first = await ingest(world.ctx, { session: worker.name, limit_bytes: 500 });
    expect(first.lag_bytes).toBeGreaterThan(0);
    const rest = await ingest(world.ctx, { session: worker.name });
    expect(first.new_events + rest.new_events).toBe(41);
  });

  it("lets many readers of one file store each record once", async () => {
    const records = Array.from({ length: 200 }, (_, index) =>
      turn(`t${index}`, index % 2 === 0 ? "task_started" : "task_complete"),
    );
    const worker = await workerOn(world.rollout({ records }));
    const others = Array.from({ length: 4 }, () => world.otherCtx());
    try {
      await Promise.all(others.map((ctx) => ingestSession(ctx, worker.session_id, { telemetry: "always" })));
    } finally {
      await Promise.all(others.map((ctx) => ctx.store.close()));
    }
    expect(await stored(worker.session_id)).toHaveLength(201);
  });

  it("notices that the file was replaced by another one and stores only what is new in it", async () => {
    const legacy = fixture("v0.137-exec-legacy");
    const worker = await workerOn(legacy);
    await ingest(world.ctx, { session: worker.name });
    const before = reportTurns((await observed(worker.session_id)).turns);
    const rows = (await stored(worker.session_id)).length;
    unlinkSync(legacy);
    copyFileSync(join(fixtures, "v0.137-exec-legacy-migrated-to-paginated.jsonl"), legacy);
    const report = await ingest(world.ctx, { session: worker.name });
    expect(report.file_events).toEqual([{ kind: "replaced", from: legacy, to: legacy }]);
    expect(reportTurns((await observed(worker.session_id)).turns)).toEqual(before);
    expect((await stored(worker.session_id)).length - rows).toBeLessThan(rows);
  });

  it("follows a thread into the file that a rewind made, and keeps both parts", async () => {
    const first = fixture("v0.169-tui-plan-question");
    const worker = await workerOn(first);
    const before = await ingest(world.ctx, { session: worker.name });
    const next = first
      .replace(/\.jsonl$/, "_01a1fd99-0000-7000-8000-000000000001.jsonl")
      .replace("T10-00-00", "T11-00-00");
    copyFileSync(join(fixtures, "v0.169-tui-rewound-then-killed.jsonl"), next);
    const report = await ingest(world.ctx, { session: worker.name });
    expect(report.file_events).toEqual([{ kind: "superseded", from: first, to: next }]);
    expect(report.new_events).toBe(readFileSync(next, "utf8").trimEnd().split("\n").length);
    expect(await stored(worker.session_id)).toHaveLength(before.new_events + report.new_events);
    expect(reportTurns((await observed(worker.session_id)).turns).turn?.outcome).toBe("running");
    const files = await world.store.read((tx) => tx.db.rollout_files.findMany({ orderBy: { seq: "asc" } }));
    expect(files.map(({ path, state }) => [path, state])).toEqual([
      [first, "superseded"],
      [next, "active"],
    ]);
  });

  it.each([
    ["v0.169-exec-hello-then-resume", { state: "idle", task_completed: true, kind: "work", outcome: "completed" }],
    ["v0.169-exec-tools-goal-abort", { state: "idle", task_completed: false, kind: "work", outcome: "interrupted" }],
    [
      "v0.169-tui-daemon-interrupt-approval-compact",
      { state: "idle", task_completed: true, kind: "maintenance", outcome: "completed" },
    ],
    ["v0.169-exec-turn-failed-400", { state: "idle", task_completed: false, kind: "work", outcome: "failed" }],
    ["v0.169-exec-review-parent", { state: "idle", task_completed: true, kind: "review", outcome: "completed" }],
  ])("infers the state of %s from what it stored", async (name, expected) => {
    const worker = await workerOn(fixture(name));
    await ingest(world.ctx, { session: worker.name });
    const { state, task_completed, turn: latest } = reportTurns((await observed(worker.session_id)).turns);
    expect({ state, task_completed, kind: latest?.kind, outcome: latest?.outcome }).toEqual(expected);
  });
});

describe("tail", () => {
  it("shows the newest records first, without content unless asked", async () => {
    const worker = await workerOn(fixture("v0.169-exec-hello-then-resume"));
    await ingest(world.ctx, { session: worker.name });
    const [latest] = await asShown("observation.tail", tail, world.ctx, {
      session: worker.name,
      limit: 1,
      include_content: false,
    });
    expect(latest).toMatchObject({ subtype: "task_complete", payload: { last_agent_message_redacted: true } });
    expect(JSON.stringify(latest)).not.toContain("resumed ok");
    const [open] = await asShown("observation.tail", tail, world.ctx, {
      session: worker.name,
      limit: 1,
      include_content: true,
    });
    expect(open?.payload).toMatchObject({ last_agent_message: "resumed ok" });
  });

  it("finds messages under today's and the older name", async () => {
    const worker = await workerOn(fixture("v0.169-exec-hello-then-resume"));
    await ingest(world.ctx, { session: worker.name });
    const today = await asShown("observation.tail", tail, world.ctx, {
      session: worker.name,
      limit: 10,
      subtype: "AgentMessage",
      include_content: false,
    });
    const older = await asShown("observation.tail", tail, world.ctx, {
      session: worker.name,
      limit: 10,
      subtype: "agent_message",
      include_content: false,
    });
    expect(today).toHaveLength(2);
    expect(older).toEqual(today);
    expect(
      await asShown("observation.tail", tail, world.ctx, { session: worker.name, limit: 0, include_content: false }),
    ).toEqual([]);
  });
});
