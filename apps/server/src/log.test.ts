import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { fileLog } from "./log.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "conveyor-log-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("masks what looks like a credential in any field of a line", () => {
  const file = join(folder, "server.log");
  const log = fileLog(file);
  log("ledger_lost", { found: "https://ada:hunter2-horse@example.com/ledger", token: "abc", pid: 12 });
  log(`ghp_${"a1B2c3D4e5".repeat(4)}`.slice(0, 40), { text: "closed to others" });
  const lines = readFileSync(file, "utf8").trim().split("\n");
  expect(lines.map((line) => ({ ...JSON.parse(line), time: undefined }))).toEqual([
    { event: "ledger_lost", found: "https://ada:[masked]@example.com/ledger", token: "[masked]", pid: 12 },
    { event: "[masked]", text: "closed to others" },
  ]);
});
