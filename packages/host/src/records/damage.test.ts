import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readCodexRollout as readRollout } from "../agents/codex/records/line.ts";
import type { ReadRolloutOptions } from "./reader.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "conveyor-damage-"));
  path = join(folder, "rollout.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const head = (ordinal: number) =>
  `{"timestamp":"2026-11-02T08:00:00.000Z","ordinal":${ordinal},"type":"event_msg","payload":`;
const end = (ordinal: number, more = "") =>
  `${head(ordinal)}{"type":"task_complete","turn_id":"t${ordinal}"${more}}}\n`;

function read(content: string | Buffer, options: Partial<ReadRolloutOptions> = {}) {
  writeFileSync(path, content);
  const batches = [...readRollout({ path, offset: 0, ...options })];
  return {
    batches,
    records: batches.flatMap(({ records }) => records),
    skipped: batches.flatMap(({ skipped }) => skipped.map(({ reason }) => reason)),
    salvaged: batches.flatMap(({ skipped }) => skipped.flatMap(({ salvaged }) => salvaged?.record ?? [])),
    last: batches.at(-1),
  };
}
const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
const listed = (levels: number) => `${'[{"x":[]},'.repeat(levels)}0${"]".repeat(levels)}`;

describe("a record that is nested deeply", () => {
  it.each([
    ["objects", nested, 62],
    ["lists with siblings", listed, 60],
  ])("is stored as far as %s go that can be stored, at any depth", (_what, build, most) => {
    for (const levels of [10, 60, 61, 62, 63, 65, 1001, 3000, 200_000]) {
      const { records, skipped } = read(end(0, `,"result":${build(levels)},"last_agent_message":"done"`) + end(1));
      expect(skipped).toEqual([]);
      expect(records.map(({ turn_id, subtype }) => [turn_id, subtype])).toEqual([
        ["t0", "task_complete"],
        ["t1", "task_complete"],
      ]);
      const [record] = records;
      const stored = JSON.parse(record?.payload_json ?? "");
      expect(stored.last_agent_message).toBe("done");
      expect(record?.payload_truncated).toBe(levels > most);
      expect(record?.payload_bytes).toBe(
        Buffer.byteLength(end(0, `,"result":${build(levels)},"last_agent_message":"done"`)) - head(0).length - 2,
      );
      if (levels > most) expect(record?.payload_json).toContain('{"omitted":true,"bytes":');
    }
  });

  it("is passed over when its brackets do not match, and the one behind it is read", () => {
    const open = '{"a":'.repeat(100);
    const { records, skipped } = read(`${head(0)}${open}\n${"]".repeat(500_000)}\n${"[".repeat(500_000)}\n${end(1)}`);
    expect(skipped).toEqual(["not_json", "not_json", "not_json"]);
    expect(records.map(({ ordinal }) => ordinal)).toEqual([1]);
  });

  it("is told from one whose texts only hold many brackets", () => {
    const text = JSON.stringify(`${"[{".repeat(500)}\\"${"\\".repeat(9)}`);
    const { records } = read(end(0, `,"last_agent_message":${text}`));
    expect(records[0]?.payload_truncated).toBe(false);
  });
});

describe("a record that is larger than what is held", () => {
  const small = { whole_line_bytes: 4000, block_bytes: 1000 };

  it("keeps what it says of its turn, wherever that stands, and the beginnings of its texts", () => {
    const text = `"${"ä\\n".repeat(10_000)}"`;
    const items = Array.from({ length: 20_000 }, (_, index) => `{"n":${index},"t":"${"x".repeat(30)}"}`).join(",");
    const line = `${head(0)}{"type":"task_complete","items":[${items}],"last_agent_message":${text},"error":{"message":"no","codex_error_info":"other"},"turn_id":"t0"}}\n`;
    const { records, skipped, last } = read(line + end(1), small);
    expect(skipped).toEqual([]);
    expect(records.map(({ turn_id }) => turn_id)).toEqual(["t0", "t1"]);
    expect(records[0]).toMatchObject({
      payload_truncated: true,
      payload_bytes: Buffer.byteLength(line) - head(0).length - 2,
    });
    const stored = JSON.parse(records[0]?.payload_json ?? "");
    expect(stored).toMatchObject({
      error: { codex_error_info: "other" },
      last_agent_message: expect.stringMatching(/^ä\nä/),
    });
    expect(records[0]?.payload_json.length).toBeLessThan(400 * 1024);
    expect(last?.next_offset).toBe(Buffer.byteLength(line + end(1)));
  });

  it.each([
    ["quotes and backslashes", `"${'\\"\\\\'.repeat(6000)}"`],
    ["escapes in every place", `"${"x".repeat(16_381)}${"\\u00e4".repeat(2000)}"`],
    ["characters of several bytes", `"${"😀".repeat(6000)}"`],
    ["a number without end", `1${"0".repeat(20_000)}`],
    ["a million keys", `{${Array.from({ length: 100_000 }, (_, index) => `"k${index}":0`).join(",")}}`],
    ["lone surrogates", `"${"\\ud800".repeat(4000)}"`],
    ["a lot of blanks", `${" ".repeat(9000)}1`],
  ])("that holds %s is still JSON", (_what, value) => {
    for (const block_bytes of [997, 4096, 128 * 1024]) {
      const { records, skipped } = read(end(0, `,"value":${value}`) + end(1), { ...small, block_bytes });
      expect(skipped).toEqual([]);
      expect(records.map(({ turn_id }) => turn_id)).toEqual(["t0", "t1"]);
      expect(JSON.parse(records[0]?.payload_json ?? "")).toMatchObject({ type: "task_complete", turn_id: "t0" });
    }
  });

  it("has the same hash whatever the blocks, and another one when anything in it is another", () => {
    const line = (byte: string) => end(0, `,"value":"${"x".repeat(20_000)}${byte}${"x".repeat(20_000)}"`);
    const hashOf = (content: string, block_bytes: number) =>
      read(content, { ...small, block_bytes }).records[0]?.content_hash;
    const first = hashOf(line("x"), 997);
    expect(hashOf(line("x"), 4096)).toBe(first);
    expect(hashOf(line("y"), 4096)).not.toBe(first);
    expect(hashOf(line("x").replace("\n", "\r\n"), 128 * 1024)).toBe(hashOf(line("x"), 128 * 1024));
  });

  it("is given up when it exceeds the limit, but not what it says of its turn", () => {
    const { records, skipped, salvaged } = read(end(0, `,"value":"${"x".repeat(20_000)}"`) + end(1), {
      ...small,
      max_line_bytes: 10_000,
    });
    expect(records.map(({ turn_id }) => turn_id)).toEqual(["t1"]);
    expect(skipped).toEqual(["line_too_long"]);
    expect(salvaged.map(({ turn_id, subtype }) => [turn_id, subtype])).toEqual([["t0", "task_complete"]]);
  });

  it("lets the caller see to other things while it is looked at", () => {
    const { batches } = read(end(0, `,"value":"${"x".repeat(50_000)}"`), { block_bytes: 1000, whole_line_bytes: 4000 });
    const empty = batches.filter(({ records }) => records.length === 0);
    expect(empty.length).toBeGreaterThan(90);
    expect(empty.every(({ next_offset }) => next_offset === 0)).toBe(true);
  });
});

describe("bytes that belong to no record", () => {
  it("cost neither the record before nor the one behind them", () => {
    const nul = "\0".repeat(5000);
    for (const block_bytes of [100, 1000, 128 * 1024]) {
      const { records, skipped } = read(
        `${nul}${end(0)}${nul}${end(1).slice(0, 90)}${nul}${end(2)}${nul}\n\0${end(3)}`,
        { block_bytes },
      );
      expect(records.map(({ ordinal }) => ordinal)).toEqual([0, 2, 3]);
      expect(skipped).toEqual(["not_json"]);
    }
  });

  it("are waited for while nothing stands behind them", () => {
    const { records, last } = read(`${end(0)}${"\0".repeat(5000)}`, { block_bytes: 1000 });
    expect(records).toHaveLength(1);
    expect(last).toMatchObject({ next_offset: end(0).length, partial_bytes: 5000 });
  });

  it("of a writer that died within a line do not take the next record with them", () => {
    const { records, skipped } = read(`${end(0).slice(0, -20)}${end(1)}${end(2)}`);
    expect(records.map(({ ordinal, byte_offset }) => [ordinal, byte_offset])).toEqual([
      [1, end(0).length - 20],
      [2, end(0).length - 20 + end(1).length],
    ]);
    expect(skipped).toEqual(["not_json"]);
  });

  it("a byte order mark and the line ends of other systems are none of the record", () => {
    const plain = read(end(0) + end(1)).records;
    const odd = read(`\uFEFF${end(0)}${end(1)}`.replaceAll("\n", "\r\n")).records;
    expect(odd.map(({ content_hash }) => content_hash)).toEqual(plain.map(({ content_hash }) => content_hash));
  });

  it("that are no UTF-8 cost the text only, where a turn depends on it", () => {
    const bad = Buffer.from(end(0, ',"last_agent_message":"?"'));
    bad[bad.indexOf("?")] = 0xff;
    const { records, skipped, salvaged } = read(Buffer.concat([bad, Buffer.from(end(1))]));
    expect(records.map(({ turn_id }) => turn_id)).toEqual(["t1"]);
    expect(skipped).toEqual(["invalid_utf8"]);
    expect(salvaged.map(({ turn_id }) => turn_id)).toEqual(["t0"]);
  });
});

describe("odd but valid JSON", () => {
  it("gives the object no other prototype, and names no longer than names are", () => {
    const long = "n".repeat(100_000);
    const { records } = read(
      `${end(0, `,"__proto__":{"type":"x","turn_id":"y"},"value":"${"x".repeat(30_000)}"`)}${head(1)}{"type":"${long}","turn_id":"${long}","thread_id":"${long}"}}\n{"timestamp":"${long}","type":"${long}"}\n`,
    );
    expect(JSON.parse(records[0]?.payload_json ?? "")).toMatchObject({ turn_id: "t0" });
    expect(Object.keys(JSON.parse(records[0]?.payload_json ?? ""))).toContain("__proto__");
    expect(records[1]).toMatchObject({ turn_id: null, thread_id: null });
    expect(records[1]?.subtype).toHaveLength(200);
    expect(records[2]).toMatchObject({ timestamp: null });
    expect(records[2]?.type).toHaveLength(200);
  });

  it("takes the last of equal keys, numbers beyond all bounds and lone surrogates as they are", () => {
    const { records } = read(`${head(0)}{"type":"a","turn_id":"first","turn_id":"last","n":1e999,"s":"\\ud800"}}\n`);
    expect(records[0]).toMatchObject({ turn_id: "last", payload_json: expect.stringContaining("\\ud800") });
  });
});

describe("a million short lines", () => {
  it("come in batches of bounded size, and blank ones cost next to nothing", () => {
    const { batches, skipped } = read(`${"\n".repeat(1_000_000)}${"{}\n".repeat(5000)}${end(0)}`);
    expect(skipped).toHaveLength(5000);
    expect(Math.max(...batches.map((batch) => batch.records.length + batch.skipped.length))).toBeLessThanOrEqual(1000);
  });
});
