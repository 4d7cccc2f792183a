import { describe, expect, it } from "vitest";
import { redact, redactAs } from "./redaction.ts";

const gone = (key: string, bytes: number, lines: number) => ({
  [`${key}_redacted`]: true,
  [`${key}_byte_count`]: bytes,
  [`${key}_line_count`]: lines,
});

describe("redaction", () => {
  it.each([
    ["terminal content", { id: 3, content: "ls\nok\n" }, { id: 3, ...gone("content", 6, 2) }],
    ["output", { output: "x" }, gone("output", 1, 1)],
    ["a transcript segment", { segment_text: "hello" }, gone("segment_text", 5, 1)],
    ["the last words of an agent", { last_agent_message: "done" }, gone("last_agent_message", 4, 1)],
    ["a prompt inside of lists", { actions: [{ prompt: "go" }] }, { actions: [gone("prompt", 2, 1)] }],
    ["the text of a capture", { content_sha256: "ab", text: "x" }, { content_sha256: "ab", ...gone("text", 1, 1) }],
  ])("hides %s", (_what, value, expected) => {
    expect(redact(value)).toEqual(expected);
  });

  it.each(["message", "text", "send_text", "followup"])("hides the words under %s", (key) => {
    const value = { payload: { [key]: "please go on" } };
    expect(redact(value)).toEqual({ payload: gone(key, 12, 1) });
  });

  it.each([
    ["a bare slash command", { message: "/compact" }],
    ["the message of an alert", { alerts: [{ severity: "warning", message: "dispatcher is stale" }] }],
    ["criteria, goals, reasons and errors", { criterion: "works", goal: "g", reason: "r", error: "boom", proof: "p" }],
    ["numbers under a content key", { content: 7, message: null, text: true }],
    ["lengths and hashes", { message_length: 12, text_sha256: "ab" }],
  ])("shows %s", (_what, value) => {
    expect(redact(value)).toEqual(value);
  });

  it("does not take a sentence that begins with a slash for a command", () => {
    expect(redact({ message: "/review my password" })).toEqual(gone("message", 19, 1));
  });

  it("recognises a stored rollout record and hides more of its payload", () => {
    const record = {
      id: 1,
      byte_offset: 0,
      payload: {
        type: "function_call",
        name: "shell",
        call_id: "c1",
        arguments: '{"command":["cat","/etc/passwd"]}',
        command: ["cat", "/etc/passwd"],
        input: { free: { form: "secret" } },
        content: [{ type: "input_text", text: "hi" }],
        other: "x".repeat(257),
        short: "x".repeat(256),
        many: ["y".repeat(300), "ok"],
      },
    };
    expect(redact(record)).toEqual({
      id: 1,
      byte_offset: 0,
      payload: {
        type: "function_call",
        name: "shell",
        call_id: "c1",
        ...gone("arguments", 33, 1),
        command: { redacted: true, bytes: 21 },
        input: { redacted: true, bytes: 26 },
        content: [{ type: "input_text", ...gone("text", 2, 1) }],
        ...gone("other", 257, 1),
        short: "x".repeat(256),
        many: [{ redacted: true, bytes: 300 }, "ok"],
      },
    });
  });

  it("leaves a command name outside of rollouts alone", () => {
    const value = { command: "app-smoke", title: "T", query: "q", payload: { command: "tail" } };
    expect(redact(value)).toEqual(value);
  });

  it.each(["idempotency_key", "dedupe_key"])(
    "hides what supports a carried message (row with %s), and no other",
    (key) => {
      const payload = { message: "m", subject: "slice done", evidence: { tests: 12 }, task_id: "t" };
      expect(redact({ [key]: "k", payload })).toEqual({
        [key]: "k",
        payload: {
          ...gone("message", 1, 1),
          ...gone("subject", 10, 1),
          evidence: { redacted: true, bytes: 12 },
          task_id: "t",
        },
      });
      const criterion = { id: 1, payload: { evidence: { tests: 12 }, subject: "s" } };
      expect(redact(criterion)).toEqual(criterion);
    },
  );

  it("gives the sample of the tail command its documented form", () => {
    expect(redactAs("rollout", { message: "all tests pass", phase: "final_answer", type: "agent_message" })).toEqual({
      ...gone("message", 14, 1),
      phase: "final_answer",
      type: "agent_message",
    });
  });

  it("changes nothing when applied again", () => {
    const payload = { message: "m", command: ["a"], input: { a: 1 }, list: ["z".repeat(400)], deep: { text: "t" } };
    const once = redactAs("rollout", payload);
    expect(redactAs("rollout", once)).toEqual(once);
    const strict = redact({ content: "c", followup: "f", prompt: ["p"] });
    expect(redact(strict)).toEqual(strict);
  });

  it("believes nobody who says that a text is hidden already", () => {
    const evidence = { redacted: true, bytes: "please go on" };
    expect(redactAs("carried", { evidence })).toEqual({ evidence: { redacted: true, bytes: 40 } });
  });

  it("hides what is nested too deeply instead of failing", () => {
    const open = 200_000;
    const deep = JSON.parse(`${"[".repeat(2000)}"secret"${"]".repeat(2000)}`) as unknown;
    expect(JSON.stringify(redact({ deep }))).not.toContain("secret");
    let object: Record<string, unknown> = { text: "secret" };
    for (let level = 0; level < open; level += 1) object = { inner: object };
    expect(() => redact(object)).not.toThrow();
  });

  it("does not change the value that it was given", () => {
    const value = { content: "c", list: [{ message: "m" }] };
    redact(value);
    expect(value).toEqual({ content: "c", list: [{ message: "m" }] });
  });
});
