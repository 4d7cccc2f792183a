import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { rolloutFixture, storedRecords } from "../../../../fixtures/index.ts";
import type { JsonObject } from "../../../records/record.ts";
import { CODEX_LINES } from "./line.ts";

function store(type: string, payload: JsonObject) {
  const text = JSON.stringify({ timestamp: "t", ordinal: 1, type, payload });
  const block = Buffer.from(text);
  const result = CODEX_LINES.parse({ text, block, start: 0, end: block.length, byte_offset: 0, file_thread_id: null });
  if (result.kind !== "record") throw new Error("not a record");
  return { ...result.record, payload: JSON.parse(result.record.payload_json), given: result.payload };
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("what is stored of a payload", () => {
  it("leaves only the size of the base instructions in the first line", () => {
    const { payload, payload_truncated } = store("session_meta", { id: "th", base_instructions: { text: "é" } });
    expect(payload).toEqual({ id: "th", base_instructions: { omitted: true, bytes: 13 } });
    expect(payload_truncated).toBe(true);
  });

  it.each([
    ["the state of the environment", "world_state", { full: true, state: { a: 1 } }, "state"],
    ["the history of a compaction", "compacted", { window_id: "w", replacement_history: [1] }, "replacement_history"],
    [
      "instructions of the developer",
      "response_item",
      { type: "message", role: "developer", content: ["x"] },
      "content",
    ],
    ["instructions of the system", "response_item", { type: "message", role: "system", content: ["x"] }, "content"],
    ["a replaced history elsewhere", "new_thing", { replacement_history: [1, 2] }, "replacement_history"],
  ])("leaves size and hash of %s", (_name, type, payload: JsonObject, key) => {
    const stored = store(type, payload);
    const text = JSON.stringify(payload[key]);
    expect(stored.payload).toEqual({ ...payload, [key]: { omitted: true, bytes: text.length, sha256: sha256(text) } });
  });

  it("leaves size and hash of encrypted reasoning and keeps its summary", () => {
    const { payload } = store("response_item", { type: "reasoning", summary: ["s"], encrypted_content: "AAAA" });
    expect(payload).toEqual({
      type: "reasoning",
      summary: ["s"],
      encrypted_content: { omitted: true, bytes: 4, sha256: sha256("AAAA") },
    });
  });

  it("keeps only the metadata of a compaction, of whatever size", () => {
    const [compacted] = storedRecords(rolloutFixture("v0.169-tui-daemon-interrupt-approval-compact")).filter(
      (record) => record.type === "compacted",
    );
    expect(compacted?.payload).toMatchObject({ window_id: expect.any(String), message: { omitted: true } });
    expect(JSON.stringify(compacted?.payload).length).toBeLessThan(2500);
  });

  it("leaves size and hash of images, wherever they lie", () => {
    const image = `data:image/png;base64,${"A".repeat(100)}`;
    const { payload } = store("response_item", {
      type: "message",
      content: [{ type: "input_image", image_url: image }],
    });
    expect(payload.content[0].image_url).toEqual({ omitted: true, bytes: image.length, sha256: sha256(image) });
  });

  it("keeps head and tail of long output with its size, and cuts between characters", () => {
    const output = `A${"é".repeat(20_000)}Z`;
    const { payload, payload_bytes } = store("event_msg", {
      type: "item_completed",
      item: { type: "CommandExecution", aggregated_output: output, changes: { "a.ts": { unified_diff: output } } },
    });
    const bytes = Buffer.byteLength(output);
    const stored: string = payload.item.aggregated_output;
    expect(stored).toMatch(/^Aé+\n\[\d+ of 40002 bytes left out\]\né+Z$/);
    expect(Buffer.byteLength(stored)).toBeLessThanOrEqual(20 * 1024 + 40);
    expect(Buffer.byteLength(stored)).toBeGreaterThan(20 * 1024);
    expect(payload.item.aggregated_output_original_bytes).toBe(bytes);
    expect(payload.item.changes["a.ts"].unified_diff_original_bytes).toBe(bytes);
    expect(payload_bytes).toBeGreaterThan(2 * bytes);
  });

  it("keeps a text of exactly 20 KiB, and long texts of records that are neither output nor message", () => {
    expect(store("event_msg", { type: "agent_message", message: "m".repeat(20_480) }).payload_truncated).toBe(false);
    expect(store("event_msg", { type: "agent_message", message: "m".repeat(20_481) }).payload_truncated).toBe(true);
    expect(store("turn_context", { user_instructions: "m".repeat(50_000) }).payload_truncated).toBe(false);
  });

  it("remembers that a call asked for more rights when its arguments had to be cut", () => {
    const call_arguments = JSON.stringify({ cmd: "x".repeat(30_000), sandbox_permissions: "require_escalated" });
    const { payload, given } = store("response_item", { type: "function_call", arguments: call_arguments });
    expect(payload.sandbox_permissions).toBe("require_escalated");
    expect(given).toEqual(payload);
  });
});
