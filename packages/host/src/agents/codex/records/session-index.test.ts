import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { threadNames } from "./session-index.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "conveyor-index-"));
});
afterEach(() => rmSync(home, { recursive: true }));

it("knows the newest name of each thread, and is not stopped by a damaged line", () => {
  const lines = [
    '{"id":"t-1","thread_name":"You are a worker.","updated_at":"2026-11-29T14:55:29.865662666Z"}',
    "{half a line",
    '["t-3","no object"]',
    '{"id":"t-2","thread_name":7}',
    "",
    '{"id":"t-1","thread_name":"Parser","updated_at":"2026-11-29T15:00:00Z"}',
  ];
  writeFileSync(join(home, "session_index.jsonl"), `${lines.join("\n")}\n`);
  expect([...threadNames(home)]).toEqual([["t-1", "Parser"]]);
});

it("knows nothing where there is no index, or no file in its place", () => {
  expect(threadNames(home).size).toBe(0);
  mkdirSync(join(home, "session_index.jsonl"));
  expect(threadNames(home).size).toBe(0);
});
