import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../records/record.ts";
import { lifecycleFact } from "./facts.ts";

function factOf(subtype: string | null, payload: JsonObject, item_type: string | null = null, type = "event_msg") {
  return lifecycleFact({ timestamp: "t", type, subtype, item_type, turn_id: null, thread_id: "th", payload });
}

describe("lifecycleFact", () => {
  it.each([
    ["user_message", null],
    ["item_completed", "UserMessage"],
  ])("reads %s %s as input of the user", (subtype, item_type) => {
    expect(factOf(subtype, { turn_id: "a" }, item_type)).toMatchObject({ kind: "user_input", turn_id: "a" });
  });

  it.each([
    ["entered_review_mode", null, "entered"],
    ["item_completed", "EnteredReviewMode", "entered"],
    ["exited_review_mode", null, "exited"],
    ["item_completed", "ExitedReviewMode", "exited"],
  ])("reads %s %s as review %s", (subtype, item_type, phase) => {
    expect(factOf(subtype, {}, item_type)).toMatchObject({ kind: "review_mode", phase });
  });

  it("reads each form of a compaction", () => {
    expect(factOf("context_compacted", {})?.kind).toBe("compacted");
    expect(factOf("item_completed", {}, "ContextCompaction")?.kind).toBe("compacted");
    expect(factOf(null, {}, null, "compacted")?.kind).toBe("compacted");
  });

  it("takes the thread of the payload before that of the file", () => {
    expect(factOf("task_complete", { thread_id: "other" })?.thread_id).toBe("other");
    expect(factOf("task_complete", {})?.thread_id).toBe("th");
  });

  it("carries the client id of queued input", () => {
    expect(factOf("item_completed", { item: { client_id: "c1" } }, "UserMessage")).toMatchObject({ client_id: "c1" });
  });

  it.each([
    [
      { message: "m", codex_error_info: "new_word" },
      { info: "new_word", http_status: null, has_message: true },
    ],
    [
      { message: "", codex_error_info: { response_stream_disconnected: { http_status_code: 503 } } },
      { info: "response_stream_disconnected", http_status: 503, has_message: false },
    ],
    [{ message: "m" }, { info: "other", http_status: null, has_message: true }],
    [{ codex_error_info: {} }, { info: "other", http_status: null, has_message: false }],
    ["text", { info: "other", http_status: null, has_message: true }],
  ])("reads the error %j", (error, expected) => {
    expect(factOf("task_complete", { error })).toMatchObject({ kind: "turn_ended", error: expected });
  });

  it("sees no error where there is none", () => {
    expect(factOf("task_complete", { error: null })).toMatchObject({ error: null });
  });

  it("finds nothing in other records, whatever they are called", () => {
    expect(factOf("token_count", {})).toBeNull();
    expect(factOf("item_completed", {}, "AgentMessage")).toBeNull();
    expect(factOf(null, {}, null, "constructor")).toBeNull();
    expect(factOf(null, { role: "user" }, null, "response_item")).toBeNull();
  });

  it("survives payloads of any shape", () => {
    for (const value of [null, 7, "x", [], {}]) {
      const payload = { turn_id: value, item: value, turn_attribution: value, error: value, thread_id: value };
      for (const subtype of ["task_started", "task_complete", "turn_aborted", "user_message"]) {
        expect(factOf(subtype, payload)).not.toBeNull();
      }
    }
  });
});
