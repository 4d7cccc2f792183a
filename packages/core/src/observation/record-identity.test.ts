import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openObserved } from "../shared/observed.ts";
import { createWorld, type World } from "../testing/world.ts";
import { ingest } from "./ingest.ts";

const fixtures = fileURLToPath(new URL("../../../host/fixtures/rollouts/", import.meta.url));

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

let ordinal = 0;
const line = (record: object) => `${JSON.stringify(record)}\n`;
const event = (type: string, turn_id: string, more: object = {}) => ({
  timestamp: "2026-11-21T10:00:00.000Z",
  ordinal: ordinal++,
  type: "event_msg",
  payload: { type, turn_id, ...more },
});
const turn = (id: string) => [event("task_started", id), event("task_complete", id, { last_agent_message: id })];
const withoutOrdinal = ({ ordinal: _ordinal, ...record }: ReturnType<typeof event>) => record;

async function worker(path: string, name = "ada") {
  const { session_id } = await world.worker({ name, codex_session: path });
  return session_id;
}
const read = () => ingest(world.ctx, { session: "ada" });
const stored = (session_id: string) =>
  world.store.read((tx) => tx.db.codex_events.findMany({ where: { session_id }, orderBy: { id: "asc" } }));

/** Replace a file by another, as a program that rewrites it does. */
function replace(path: string, content: string | Buffer): void {
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}

/** A rollout that was read: two turns, with ordinals. */
async function readRollout() {
  ordinal = 1;
  const path = world.rollout({ records: [...turn("t1"), ...turn("t2")] });
  const session_id = await worker(path);
  expect((await read()).new_events).toBe(5);
  return { path, session_id };
}

describe("a rollout that was read brings nothing twice", () => {
  it.each([
    [
      "its bytes stand in another file under its name",
      (path: string) => {
        copyFileSync(path, `${path}.copy`);
        renameSync(`${path}.copy`, path);
      },
    ],
    ["it was written anew in place", (path: string) => writeFileSync(path, readFileSync(path))],
    [
      "blank lines and NUL bytes came between its records",
      (path: string) => {
        const text = readFileSync(path, "utf8").replaceAll("\n", "\n\n\0\0\0");
        replace(path, `\0\0${text}\n`);
      },
    ],
    [
      "its lines end as those of another system",
      (path: string) => {
        const text = readFileSync(path, "utf8").replaceAll("\n", "\r\n");
        replace(path, `\uFEFF${text}`);
      },
    ],
    [
      "its middle is gone, and came back later",
      (path: string) => {
        const lines = readFileSync(path, "utf8").split("\n");
        replace(path, [...lines.slice(0, 2), ...lines.slice(3)].join("\n"));
      },
    ],
  ])("when %s", async (_what, change) => {
    const { path, session_id } = await readRollout();
    const before = readFileSync(path);
    const records = await stored(session_id);
    change(path);
    expect((await read()).new_events).toBe(0);
    replace(path, before);
    expect((await read()).new_events).toBe(0);
    expect(await stored(session_id)).toEqual(records);
    appendFileSync(path, turn("t3").map(line).join(""));
    expect((await read()).new_events).toBe(2);
  });

  it("when it is registered again under another spelling of its path, or from where it was moved to", async () => {
    const { path, session_id } = await readRollout();
    symlinkSync(dirname(path), join(world.root, "link"));
    await worker(join(world.root, "link", path.slice(path.lastIndexOf("/") + 1)));
    expect((await read()).new_events).toBe(0);
    const moved = join(world.root, "elsewhere", path.slice(path.lastIndexOf("/") + 1));
    mkdirSync(dirname(moved));
    renameSync(path, moved);
    await worker(moved);
    expect((await read()).new_events).toBe(0);
    appendFileSync(moved, turn("t3").map(line).join(""));
    expect((await read()).new_events).toBe(2);
    expect(await stored(session_id)).toHaveLength(7);
    const row = await world.store.read((tx) => tx.db.sessions.findUniqueOrThrow({ where: { id: session_id } }));
    expect(openObserved(row.observation_json, row.codex_session_id).turns.turns_started).toBe(3);
  });

  it("when it was migrated to ordinals, whatever that made of its payloads; what came since is new", async () => {
    const path = world.rollout({ thread_id: "01a1fd7f-79ea-7a81-82be-d90082228a60" });
    copyFileSync(join(fixtures, "v0.137-exec-legacy.jsonl"), path);
    const session_id = await worker(path);
    expect((await read()).new_events).toBe(22);
    unlinkSync(path);
    copyFileSync(join(fixtures, "v0.137-exec-legacy-migrated-to-paginated.jsonl"), path);
    ordinal = 22;
    appendFileSync(path, turn("t3").map(line).join(""));
    const migrated = await read();
    expect(migrated.file_events).toEqual([{ kind: "replaced", from: path, to: path }]);
    expect(migrated.new_events).toBe(2);
    const rows = await stored(session_id);
    expect(rows.map((row) => row.ordinal)).toEqual(Array.from({ length: 24 }, (_, index) => index));
    await worker(path);
    expect((await read()).new_events).toBe(0);
  });

  it("with many equal lines without ordinal, wherever a reading of it began", async () => {
    ordinal = 1;
    const same = Array.from({ length: 30 }, () => withoutOrdinal(event("token_count", "t1")));
    const path = world.rollout({ records: same.slice(0, 10) });
    const session_id = await worker(path);
    expect((await read()).new_events).toBe(11);
    appendFileSync(path, same.slice(10, 20).map(line).join(""));
    expect((await read()).new_events).toBe(10);
    await worker(path);
    // Half of it is known again, and then it grows before the rest is.
    await ingest(world.ctx, { session: "ada", limit_bytes: 900 });
    appendFileSync(path, same.slice(20).map(line).join(""));
    expect((await read()).new_events).toBe(10);
    const rows = await stored(session_id);
    expect(rows.slice(1).map((row) => row.occurrence)).toEqual(Array.from({ length: 30 }, (_, index) => index));
  });
});

describe("what is new is stored, whatever it looks like", () => {
  it("in the place that a dropped branch of the thread used before", async () => {
    const { path, session_id } = await readRollout();
    const kept = readFileSync(path, "utf8").split("\n").slice(0, 3).join("\n");
    ordinal = 3;
    const rewound = path.replace(/\.jsonl$/, "_01a1fd99-0000-7000-8000-000000000001.jsonl");
    writeFileSync(rewound, `${kept}\n${turn("t9").map(line).join("")}`);
    expect((await read()).new_events).toBe(2);
    const ends = (await stored(session_id)).filter(({ subtype }) => subtype === "task_complete");
    expect(ends.map((row) => [row.ordinal, row.turn_id])).toEqual([
      [2, "t1"],
      [4, "t2"],
      [4, "t9"],
    ]);
  });

  it("with a time that lies before everything else, also after its file was rewritten", async () => {
    const { path } = await readRollout();
    const text = readFileSync(path, "utf8");
    unlinkSync(path);
    const late = turn("t3").map((record) => ({ ...record, timestamp: "2001-01-01T00:00:00.000Z" }));
    writeFileSync(path, ` ${text}${late.map(line).join("")}`);
    const report = await read();
    expect(report.file_events).toHaveLength(1);
    expect(report.new_events).toBe(2);
  });

  it("behind what a power cut left of the record before it", async () => {
    const { path } = await readRollout();
    const [torn = "", next = "", after = ""] = [...turn("t3"), event("task_started", "t4")].map(line);
    appendFileSync(path, `${torn.slice(0, 50)}${"\0".repeat(300_000)}${next}`);
    const report = await read();
    expect(report).toMatchObject({ new_events: 1, skipped_lines: 1, skipped: [{ reason: "not_json", lines: 1 }] });
    appendFileSync(path, torn.slice(0, 70) + after);
    expect(await read()).toMatchObject({ new_events: 1, skipped_lines: 1, skipped_total: 2 });
    truncateSync(path, readFileSync(path).length + 5000);
    expect(await read()).toMatchObject({ new_events: 0, skipped_lines: 0, partial_bytes: 5000 });
  });
});

describe("records that were stored before there were hashes", () => {
  const forget = (session_id: string) =>
    world.store.write((tx) =>
      tx.db.codex_events.updateMany({ where: { session_id }, data: { content_hash: null, occurrence: 0 } }),
    );

  it.each([
    ["with ordinals", false],
    ["without ordinals", true],
  ])("are known again %s, once each, and take on what they lack", async (_what, is_legacy) => {
    ordinal = 1;
    const records = [...turn("t1"), ...turn("t1"), ...turn("t2")].map((record, index) =>
      is_legacy ? withoutOrdinal(record) : { ...record, ordinal: index + 1 },
    );
    const path = world.rollout({ records });
    const session_id = await worker(path);
    await read();
    const before = await stored(session_id);
    await forget(session_id);
    await worker(path);
    expect((await read()).new_events).toBe(0);
    expect(await stored(session_id)).toEqual(before);
  });

  it("do not hide what is appended to their file, however alike it is", async () => {
    ordinal = 1;
    const same = withoutOrdinal(event("token_count", "t1"));
    const path = world.rollout({ records: [same] });
    const session_id = await worker(path);
    await read();
    await forget(session_id);
    appendFileSync(path, line(same));
    expect((await read()).new_events).toBe(1);
  });
});
