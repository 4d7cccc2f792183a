import { createHash } from "node:crypto";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { rolloutFixture } from "../../fixtures/index.ts";
import { readCodexRollout as readRollout } from "../agents/codex/records/line.ts";
import type { RolloutBatch } from "./batch.ts";
import type { ReadRolloutOptions } from "./reader.ts";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "conveyor-reader-"));
  path = join(folder, "rollout.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function line(ordinal: number, text = "x"): string {
  const payload = { type: "agent_message", message: text };
  return `${JSON.stringify({ timestamp: "2026-11-02T08:00:00.000Z", ordinal, type: "event_msg", payload })}\n`;
}

function read(options: Partial<ReadRolloutOptions> = {}) {
  const batches: RolloutBatch[] = [...readRollout({ path, offset: 0, ...options })];
  const last = batches.at(-1);
  if (!last) throw new Error("the reader gave no batch");
  return {
    batches,
    last,
    ordinals: batches.flatMap((batch) => batch.records.map((record) => record.ordinal)),
    records: batches.flatMap((batch) => batch.records),
    skipped: batches.flatMap((batch) => batch.skipped),
  };
}

describe("readRollout", () => {
  it("gives the columns of a record, with the item type, the turn and the thread", () => {
    const { records } = read({ path: rolloutFixture("v0.169-exec-hello-then-resume") });
    expect(records).toHaveLength(26);
    expect(records[8]).toMatchObject({
      timestamp: expect.stringMatching(/^2026-11-21T/),
      type: "event_msg",
      subtype: "item_completed",
      item_type: "UserMessage",
      ordinal: 8,
      turn_id: expect.stringMatching(/5e14$/),
      thread_id: expect.stringMatching(/2c07$/),
      payload_truncated: false,
      content_hash: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(records[10]).toMatchObject({ type: "response_item", subtype: null, turn_id: expect.any(String) });
  });

  it("keeps every payload that needs no reduction equal to what the file says", () => {
    for (const name of ["v0.169-exec-tools-goal-abort", "v0.169-tui-plan-question", "v0.137-exec-legacy"]) {
      const file = rolloutFixture(name);
      const bytes = readFileSync(file);
      for (const record of read({ path: file }).records) {
        const end = bytes.indexOf(10, record.byte_offset);
        const written = JSON.parse(bytes.toString("utf8", record.byte_offset, end));
        expect(record.type).toBe(written.type);
        if (!record.payload_truncated) expect(JSON.parse(record.payload_json)).toEqual(written.payload);
        expect(record.payload_bytes).toBe(Buffer.byteLength(JSON.stringify(written.payload)));
      }
    }
  });

  it("names the thread of the file where a record names none, also when reading goes on later", () => {
    const file = rolloutFixture("v0.169-exec-review-parent");
    const all = read({ path: file }).records;
    expect(all.map((record) => record.thread_id?.slice(-4))).toEqual([
      "1e7b",
      "1e7b",
      "1e7b",
      "5330",
      "1e7b",
      "1e7b",
      "1e7b",
      "1e7b",
      "1e7b",
      "1e7b",
    ]);
    const offset = all[5]?.byte_offset ?? 0;
    const later = read({ path: file, offset, thread_id: all[0]?.thread_id ?? null }).records;
    expect(later).toEqual(all.slice(5));
  });

  it("hashes every line, and the last one of a batch in full", () => {
    const file = rolloutFixture("v0.137-exec-legacy");
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    const { records, last } = read({ path: file });
    const hashes = lines.map((text) => createHash("sha256").update(text).digest("hex"));
    expect(records.map((record) => record.content_hash)).toEqual(hashes.map((text) => text.slice(0, 32)));
    expect(last.last_line).toEqual({ offset: records.at(-1)?.byte_offset, sha256: hashes.at(-1) });
  });

  it("leaves a half-written last line for the next run and reads it once it is whole", () => {
    const second = line(1, "grüße");
    const cut = Buffer.from(second).subarray(0, Buffer.from(second).indexOf(0xc3) + 1);
    writeFileSync(path, Buffer.concat([Buffer.from(line(0)), cut]));
    const first = read();
    expect(first.ordinals).toEqual([0]);
    expect(first.last).toMatchObject({ next_offset: line(0).length, partial_bytes: cut.length });
    expect(first.skipped).toEqual([]);

    writeFileSync(path, line(0) + second);
    const next = read({ offset: first.last.next_offset });
    expect(next.ordinals).toEqual([1]);
    expect(next.last.partial_bytes).toBe(0);
  });

  it("gives one empty batch when there is nothing new", () => {
    writeFileSync(path, line(0));
    const { batches, last } = read({ offset: line(0).length });
    expect(batches).toHaveLength(1);
    expect(last).toMatchObject({ records: [], next_offset: line(0).length, partial_bytes: 0, last_line: null });
  });

  it("ignores blank lines silently, with any kind of blank in them", () => {
    writeFileSync(path, `\n${line(0)}\r\n  \t\n${line(1)}\n\n`);
    const { ordinals, skipped, last } = read();
    expect(ordinals).toEqual([0, 1]);
    expect(skipped).toEqual([]);
    expect(last.partial_bytes).toBe(0);
    expect(last.last_line?.offset).toBe(1 + line(0).length + 2 + 4);
  });

  it("passes over damaged lines, says why and where, and moves past them", () => {
    const damaged: [Buffer | string, string][] = [
      ["{broken", "not_json"],
      ["[1,2]", "not_object"],
      ['"text"', "not_object"],
      ["null", "not_object"],
      ['{"timestamp":"t","payload":{}}', "type_missing"],
      ['{"type":7}', "type_missing"],
      [Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), "invalid_utf8"],
      [
        Buffer.concat([Buffer.from('{"type":"a","payload":{"x":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}}')]),
        "invalid_utf8",
      ],
      ['{"timestamp":"t","type":"event_msg","payload":{"a":1}', "not_json"],
      ['{"timestamp":"t","type":"response_item","payload":{"a":1},"metadata":{"b":}}', "not_json"],
    ];
    const pieces = damaged.flatMap(([text], index) => [Buffer.from(line(index)), Buffer.from(text), Buffer.from("\n")]);
    writeFileSync(path, Buffer.concat(pieces));
    const { skipped, ordinals, last } = read();
    expect(skipped.map((entry) => entry.reason)).toEqual(damaged.map(([, reason]) => reason));
    expect(skipped[0]?.offset).toBe(line(0).length);
    expect(ordinals).toEqual(damaged.map((_, index) => index));
    expect(last.next_offset).toBe(Buffer.concat(pieces).length);
  });

  it("stores odd but valid records, whatever the order and spacing of their keys", () => {
    const odd = [
      '{"type":"new_thing"}',
      '{"type":"new_thing","payload":[1]}',
      '{"type":"event_msg","payload":"text","timestamp":""}',
      ' {"payload" : {"type":"x"} , "type":"event_msg","ordinal":3} \r',
      '{"timestamp":"t","type":"a","payload":{"k":1},"type":"b"}',
      '{"timestamp":"t","type":"a","payload":{"k":1},"payload":{"k":2}}',
      '{"timestamp":"t","ordinal":-1,"type":"a","payload":{"metadata":{"deep":1}}}',
      '{"timestamp":"t","type":"response_item","payload":{"a":1,"metadata":{"deep":1}}}',
      '{"timestamp":"t\\u0041","ordinal":1.5,"type":"a\\"b","payload":{}}',
    ];
    writeFileSync(path, odd.map((text) => `${text}\n`).join(""));
    const { records, skipped } = read();
    expect(skipped).toEqual([]);
    expect(
      records.map(({ type, subtype, payload_json, ordinal, timestamp }) => [
        type,
        subtype,
        payload_json,
        ordinal,
        timestamp,
      ]),
    ).toEqual([
      ["new_thing", null, "{}", null, null],
      ["new_thing", null, "{}", null, null],
      ["event_msg", null, "{}", null, null],
      ["event_msg", "x", '{"type":"x"}', 3, null],
      ["b", null, '{"k":1}', null, "t"],
      ["a", null, '{"k":2}', null, "t"],
      ["a", null, '{"metadata":{"deep":1}}', null, "t"],
      ["response_item", null, '{"a":1,"metadata":{"deep":1}}', null, "t"],
      ['a"b', null, "{}", null, "tA"],
    ]);
  });

  it("reads the same whatever the size of its blocks", () => {
    const file = rolloutFixture("v0.169-tui-daemon-interrupt-approval-compact");
    const whole = read({ path: file }).records;
    for (const block_bytes of [1, 700, 4096, 100_000]) {
      const { records, last } = read({ path: file, block_bytes });
      expect(records).toEqual(whole);
      expect(last.next_offset).toBe(last.file_size);
    }
  });

  it("reads a line of 10 MB between others", () => {
    writeFileSync(path, line(0) + line(1, "y".repeat(10 * 1024 * 1024)) + line(2));
    const { records, ordinals } = read();
    expect(ordinals).toEqual([0, 1, 2]);
    expect(records[1]).toMatchObject({ payload_truncated: true });
    expect(records[1]?.payload_bytes).toBeGreaterThan(10 * 1024 * 1024);
    expect(records[1]?.payload_json.length).toBeLessThan(21 * 1024);
  });

  it("skips a line that is longer than allowed, once, and goes on after it", () => {
    const long = line(1, "y".repeat(5000));
    writeFileSync(path, line(0) + long + line(2));
    const { ordinals, skipped, last } = read({ max_line_bytes: 4000, block_bytes: 1000 });
    expect(ordinals).toEqual([0, 2]);
    expect(skipped).toEqual([
      {
        offset: line(0).length,
        reason: "line_too_long",
        salvaged: expect.objectContaining({ record: expect.objectContaining({ ordinal: 1 }) }),
      },
    ]);
    expect(last.partial_bytes).toBe(0);
  });

  it("leaves a line that is too long alone while it is not finished", () => {
    writeFileSync(path, line(0) + line(1, "y".repeat(5000)).trimEnd());
    const { ordinals, skipped, last } = read({ max_line_bytes: 4000, block_bytes: 1000 });
    expect(ordinals).toEqual([0]);
    expect(skipped).toEqual([]);
    expect(last.partial_bytes).toBe(line(1, "y".repeat(5000)).length - 1);
  });

  it("stops near the limit and still gets on when one line exceeds it", () => {
    writeFileSync(path, Array.from({ length: 100 }, (_, ordinal) => line(ordinal)).join(""));
    const size = line(0).length;
    const first = read({ limit_bytes: size * 3 + 5 });
    expect(first.ordinals).toEqual([0, 1, 2]);
    expect(first.last).toMatchObject({ next_offset: size * 3, partial_bytes: 0 });
    expect(first.last.file_size).toBeGreaterThan(size * 99);
    expect(read({ limit_bytes: 1 }).ordinals).toEqual([0]);
  });

  it("reads what the file held when it was opened, and the rest next time", () => {
    const lines = Array.from({ length: 40 }, (_, ordinal) => line(ordinal));
    writeFileSync(path, lines.slice(0, 20).join(""));
    const seen: (number | null)[] = [];
    let offset = 0;
    let appended = 20;
    for (const batch of readRollout({ path, offset: 0, block_bytes: 300 })) {
      seen.push(...batch.records.map((record) => record.ordinal));
      offset = batch.next_offset;
      if (appended < 40) appendFileSync(path, lines[appended++] ?? "");
    }
    expect(seen).toEqual(Array.from({ length: 20 }, (_, ordinal) => ordinal));
    appendFileSync(path, lines.slice(appended).join(""));
    expect(read({ offset }).ordinals).toEqual(Array.from({ length: 20 }, (_, index) => index + 20));
  });

  it("refuses a file that is shorter than what was read of it", () => {
    writeFileSync(path, line(0));
    expect(() => read({ offset: 10_000 })).toThrow(
      expect.objectContaining({ code: "rollout_truncated", details: { path, offset: 10_000, size: line(0).length } }),
    );
  });

  it("tells a missing file from one that cannot be read", () => {
    expect(() => read({ path: join(folder, "gone.jsonl") })).toThrow(
      expect.objectContaining({ code: "rollout_missing" }),
    );
    expect(() => read({ path: folder })).toThrow(expect.objectContaining({ code: "rollout_unreadable" }));
  });
});
