import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { rolloutFixture } from "../../../../fixtures/index.ts";
import { readRolloutMeta } from "./meta.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "conveyor-meta-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("readRolloutMeta", () => {
  it("reads what a present file says of itself", () => {
    const path = rolloutFixture("v0.169-tui-rewound-then-killed");
    expect(readRolloutMeta(path)).toEqual({
      path,
      thread_id: "01a1fd80-864c-7961-bfd5-4a4089214075",
      root_thread_id: "01a1fd80-864c-7961-bfd5-4a4089214075",
      cwd: "/home/dev/project",
      timestamp: "2026-11-21T09:48:08.085Z",
      originator: "codex-tui",
      cli_version: "0.169.0",
      thread_source: "user",
      parent_thread_id: null,
      forked_from_id: null,
      history_mode: "paginated",
      history_base: {
        thread_id: "01a1fd80-864c-7961-bfd5-4a4089214075",
        end_ordinal_exclusive: 16,
        end_byte_offset: 15880,
      },
      first_ordinal: 16,
    });
  });

  it("reads a legacy file, a fork and a sub-agent", () => {
    expect(readRolloutMeta(rolloutFixture("v0.137-exec-legacy"))).toMatchObject({
      history_mode: "legacy",
      first_ordinal: null,
      root_thread_id: null,
    });
    expect(readRolloutMeta(rolloutFixture("v0.169-exec-fork"))).toMatchObject({
      forked_from_id: "01a1fd76-3e92-7bf1-bcf0-600caeec2c07",
      first_ordinal: 26,
    });
    const child = readRolloutMeta(rolloutFixture("v0.169-exec-subagent-child"));
    expect(child).toMatchObject({ thread_source: "subagent", parent_thread_id: child.root_thread_id });
  });

  it("reads no further than a long first line", () => {
    const path = join(folder, "rollout.jsonl");
    const payload = { id: "th", base_instructions: { text: "b".repeat(200_000) } };
    writeFileSync(path, `${JSON.stringify({ type: "session_meta", payload })}\n{broken\n`);
    expect(readRolloutMeta(path).thread_id).toBe("th");
  });

  it.each([
    ["", "empty"],
    ["\n\0 \r\n", "empty"],
    ["\n{}", "first_record_not_session_meta"],
    ["{broken\n", "first_line_not_json"],
    ["[]\n", "first_record_not_session_meta"],
    ['{"type":"event_msg"}\n', "first_record_not_session_meta"],
    ['{"type":"session_meta","payload":[]}\n', "payload_not_object"],
    ['{"type":"session_meta"}\n', "payload_not_object"],
    ['{"type":"session_meta","payload":{"id":""}}\n', "payload_without_id"],
    ['{"type":"session_meta","payload":{"id":7}}\n', "payload_without_id"],
  ])("says of %j that it is %s, naming the path", (content, reason) => {
    const path = join(folder, "rollout.jsonl");
    writeFileSync(path, content);
    expect(() => readRolloutMeta(path)).toThrow(
      expect.objectContaining({
        code: "precondition_failed",
        message: expect.stringContaining(path),
        details: { kind: "rollout", reason, path },
      }),
    );
  });

  it("tells a missing file from one that cannot be read", () => {
    const path = join(folder, "gone.jsonl");
    expect(() => readRolloutMeta(path)).toThrow(
      expect.objectContaining({ code: "not_found", details: { kind: "rollout", reason: "rollout_missing", path } }),
    );
    expect(() => readRolloutMeta(folder)).toThrow(
      expect.objectContaining({
        code: "precondition_failed",
        details: expect.objectContaining({ reason: "unreadable" }),
      }),
    );
  });
});
