import { appendFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWorld, type World } from "../testing/world.ts";
import { cycle } from "./cycle.ts";
import { ingest } from "./ingest.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

const NOW = new Date().toISOString();
let ordinal = 1;
const head = (payload: string) =>
  `{"timestamp":"${NOW}","ordinal":${ordinal++},"type":"event_msg","payload":${payload}}\n`;
const start = (turn_id: string) => head(`{"type":"task_started","turn_id":"${turn_id}"}`);
const end = (turn_id: string, more: string) => head(`{"type":"task_complete","turn_id":"${turn_id}"${more}}`);
const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;

describe("one bad record never blinds us", () => {
  it.each([
    ["nested 1001 levels deep", `,"result":${nested(1001)}`],
    ["nested 5000 levels deep", `,"result":${nested(5000)}`],
    ["of lone surrogates", `,"last_agent_message":"\\ud800 \\udfff"`],
    ["of equal keys", `,"last_agent_message":"a","last_agent_message":"b"`],
    ["with numbers beyond all bounds", `,"duration_ms":1e999,"completed_at":-1e999`],
    ["with a prototype in it", `,"__proto__":{"type":"turn_aborted"},"constructor":{"x":1}`],
    ["of 5 MB", `,"last_agent_message":"${"x".repeat(5_000_000)}"`],
    ["with a NUL in its text", `,"last_agent_message":"a\\u0000b"`],
  ])("an end of a turn %s", async (_what, more) => {
    const path = world.rollout();
    const { task, worker } = await world.pair({ worker: { codex_session: path } });
    appendFileSync(path, start("t1") + end("t1", more) + start("t2") + end("t2", ""));
    expect(await ingest(world.ctx, { session: worker.name })).toMatchObject({ new_events: 5, skipped_lines: 0 });
    const status = await cycle(world.ctx, { task: task.name, busy_wait_seconds: 90 });
    expect(status).toMatchObject({ state: "idle", task_completed: true, turn: { turn_id: "t2" } });
    expect((await ingest(world.ctx, { session: worker.name })).new_events).toBe(0);
  });

  it("is counted and shown by its reason, and what it says of a turn is taken all the same", async () => {
    const path = world.rollout();
    const { task, worker } = await world.pair({ worker: { codex_session: path } });
    const bad = Buffer.from(end("t1", ',"last_agent_message":"?"'));
    bad[bad.indexOf("?")] = 0xff;
    appendFileSync(path, Buffer.concat([Buffer.from(start("t1")), bad, Buffer.from("{}\n[]\n{}\n")]));
    const report = await ingest(world.ctx, { session: worker.name });
    expect(report).toMatchObject({ new_events: 3, skipped_lines: 4, skipped_total: 4 });
    expect(report.skipped.map(({ reason, lines }) => [reason, lines])).toEqual([
      ["invalid_utf8", 1],
      ["type_missing", 2],
      ["not_object", 1],
    ]);
    const status = await cycle(world.ctx, { task: task.name, busy_wait_seconds: 90 });
    expect(status).toMatchObject({ state: "idle", turn: { turn_id: "t1", outcome: "completed" } });
    expect(status.ingest).toMatchObject({ skipped_lines: 0, skipped: [], skipped_total: 4 });
  });
});

describe("other callers of the process", () => {
  it("get their turn many times while a large rollout is read, whatever its lines are like", async () => {
    const line = head(`{"type":"token_count","info":${JSON.stringify("x".repeat(500))}}`);
    for (const content of [line.repeat(20_000), "\n".repeat(3_000_000), "{}\n".repeat(300_000)]) {
      const path = world.rollout();
      const { name } = await world.worker({ codex_session: path });
      appendFileSync(path, content);
      let turns = 0;
      let is_read = false;
      const look = () => {
        turns += 1;
        if (!is_read) setImmediate(look);
      };
      setImmediate(look);
      await ingest(world.ctx, { session: name });
      is_read = true;
      expect(turns).toBeGreaterThan(content.length / (1024 * 1024));
    }
  });
});
