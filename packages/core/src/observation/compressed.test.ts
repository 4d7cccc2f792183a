import { readFileSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openObserved } from "../shared/observed.ts";
import { createWorld, type World } from "../testing/world.ts";
import { storedAsZstd } from "../testing/zstd.ts";
import { ingest } from "./ingest.ts";

const record = (index: number) => ({
  timestamp: "2026-01-05T10:00:00.000Z",
  type: "event_msg",
  payload: { type: index % 2 === 0 ? "task_started" : "task_complete", turn_id: `t${Math.floor(index / 2)}` },
});
const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `${JSON.stringify(record(from + index))}\n`).join("");

let world: World;

beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

async function workerWith(records: number) {
  const path = world.rollout({ records: Array.from({ length: records }, (_, index) => record(index)) });
  const { name, session_id } = await world.worker({ codex_session: path });
  return { name, session_id, path };
}

/** What Codex does with a file that nobody has used for long. */
function compress(path: string, more = "") {
  const whole = Buffer.concat([readFileSync(path), Buffer.from(more)]);
  writeFileSync(`${path}.zst`, storedAsZstd(whole));
  unlinkSync(path);
  return whole;
}

const files = () =>
  world.store.read((tx) =>
    tx.db.rollout_files.findMany({ orderBy: { seq: "asc" }, select: { path: true, state: true } }),
  );
const count = () => world.store.read((tx) => tx.db.codex_events.count());
const read = (session: string, limit_bytes?: number) => ingest(world.ctx, { session, limit_bytes });

describe("a compressed rollout", () => {
  it("is read on where the file was left, once, and then told no more", async () => {
    const worker = await workerWith(2);
    const before = await read(worker.name);
    const whole = compress(worker.path, lines(2, 5000));
    expect(await read(worker.name)).toMatchObject({
      new_events: 4998,
      skipped_lines: 0,
      new_offset: whole.length,
      file_events: [{ kind: "compressed", from: worker.path, to: `${worker.path}.zst` }],
    });
    expect(before.new_events + 4998).toBe(await count());
    expect(await files()).toEqual([{ path: worker.path, state: "compressed" }]);
    expect(await read(worker.name)).toMatchObject({ new_events: 0, new_offset: whole.length, file_events: [] });
    const row = await world.store.read((tx) => tx.db.sessions.findUniqueOrThrow({ where: { id: worker.session_id } }));
    expect(openObserved(row.observation_json, row.codex_session_id).turns.turns_started).toBe(2500);
  });

  it("is read to its end over several limited runs", async () => {
    const worker = await workerWith(4000);
    compress(worker.path);
    const first = await read(worker.name, 100_000);
    expect(first.lag_bytes).toBeGreaterThan(0);
    expect(await files()).toEqual([{ path: worker.path, state: "active" }]);
    expect(first.new_events + (await read(worker.name)).new_events).toBe(4001);
    expect(await files()).toEqual([{ path: worker.path, state: "compressed" }]);
  });

  it("goes on as a file when Codex has unpacked it again to append to it", async () => {
    const worker = await workerWith(2);
    await read(worker.name);
    const whole = compress(worker.path);
    await read(worker.name);
    rmSync(`${worker.path}.zst`);
    writeFileSync(worker.path, Buffer.concat([whole, Buffer.from(lines(2, 4))]));
    expect(await read(worker.name)).toMatchObject({
      new_events: 2,
      file_events: [{ kind: "recovered", from: `${worker.path}.zst`, to: worker.path }],
    });
    expect(await files()).toEqual([{ path: worker.path, state: "active" }]);
    expect(await read(worker.name)).toMatchObject({ new_events: 0, file_events: [] });
  });

  it("that holds something else than what was read is read from its beginning, without storing a record twice", async () => {
    const worker = await workerWith(4);
    await read(worker.name);
    const [meta = ""] = readFileSync(worker.path, "utf8").split("\n");
    writeFileSync(worker.path, `${meta}\n${lines(0, 1)}`);
    compress(worker.path, lines(10, 12));
    const report = await read(worker.name);
    expect(report.file_events.map(({ kind }) => kind)).toEqual(["replaced", "compressed"]);
    expect(report.new_events).toBe(2);
    expect(await files()).toEqual([
      { path: worker.path, state: "replaced" },
      { path: worker.path, state: "compressed" },
    ]);
  });

  it("that is damaged is an error with the way out, and leaves what is stored alone", async () => {
    const worker = await workerWith(2);
    await read(worker.name);
    const whole = compress(worker.path, lines(2, 5000));
    writeFileSync(`${worker.path}.zst`, storedAsZstd(whole).subarray(0, 200));
    await expect(read(worker.name)).rejects.toMatchObject({
      code: "rollout_compressed",
      hint: expect.stringContaining("zstd -d"),
    });
    expect(await count()).toBe(3);
  });
});
