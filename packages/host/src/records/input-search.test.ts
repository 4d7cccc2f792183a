import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { codexRecords } from "../agents/codex/records/index.ts";
import { endOfRollout, findUserInput, inputKey } from "./input-search.ts";

const records = codexRecords("");
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "conveyor-input-"));
  path = join(folder, "rollout.jsonl");
  write({ type: "session_meta", payload: { id: "t" } });
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(...records: { type?: string; payload: object }[]): void {
  const timestamp = "2026-11-29T11:00:00.000Z";
  for (const { type = "event_msg", payload } of records) {
    appendFileSync(path, `${JSON.stringify({ timestamp, type, payload })}\n`);
  }
}

const item = (...texts: string[]) => ({
  payload: {
    type: "item_completed",
    item: { type: "UserMessage", content: texts.map((text) => ({ type: "text", text })) },
  },
});

function look(text: string, offset = 0) {
  return findUserInput(records, { path, offset, key: inputKey(text) });
}

describe("looking for a message in a rollout", () => {
  it.each([
    ["in the present form", item("run the tests")],
    ["in parts", item("run the ", "tests")],
    ["in the older form", { payload: { type: "user_message", message: "run the tests" } }],
    ["trimmed and wrapped", item("run the\ntests")],
    ["taken together with another", item("first this\n\nrun the tests\n")],
  ])("finds it %s", (_how, record) => {
    const before = endOfRollout(path) ?? -1;
    expect(look(" run the tests ", before)).toEqual({ found: false, offset: before });
    write(record);
    expect(look(" run the tests ", before)).toEqual({ found: true, offset: endOfRollout(path) });
  });

  it.each([
    ["what the agent says", { payload: { type: "agent_message", message: "run the tests" } }],
    ["another message", item("run the other tests")],
    ["what the model was given", { type: "response_item", payload: { type: "message", role: "user", content: [] } }],
  ])("does not take %s for it", (_what, record) => {
    write(record);
    expect(look("run the tests")).toMatchObject({ found: false });
  });

  it("does not look at what was there before", () => {
    write(item("again"));
    expect(look("again", endOfRollout(path) ?? -1)).toMatchObject({ found: false });
  });

  it("recognises a message that is stored shortened by its beginning", () => {
    const long = Array.from({ length: 20_000 }, (_, index) => `word${index}`).join(" ");
    write(item(long));
    expect(look(long)).toMatchObject({ found: true });
    expect(look(`x${long}`)).toMatchObject({ found: false });
  });

  it("begins at the last complete line, however long the one after it is", () => {
    const end = endOfRollout(path);
    appendFileSync(path, `{"timestamp":"${"x".repeat(200_000)}`);
    expect(endOfRollout(path)).toBe(end);
  });

  it("cannot tell of a file that is shorter than it was, and begins at the start of one that is to come", () => {
    writeFileSync(path, "");
    expect(look("x", 100)).toBeNull();
    expect(endOfRollout(join(folder, "later.jsonl"))).toBe(0);
    expect(endOfRollout(folder)).toBeNull();
  });
});
