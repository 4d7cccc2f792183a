import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { fileLog } from "./log.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "conveyor-log-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("masks what looks like a credential in any field of a line", async () => {
  const file = join(folder, "server.log");
  const log = await fileLog(file);
  log("ledger_lost", { found: "https://ada:hunter2-horse@example.com/ledger", token: "abc", pid: 12 });
  log(`ghp_${"a1B2c3D4e5".repeat(4)}`.slice(0, 40), { text: "closed to others" });
  const lines = readFileSync(file, "utf8").trim().split("\n");
  expect(lines.map((line) => ({ ...JSON.parse(line), time: undefined }))).toEqual([
    {
      level: "error",
      event: "ledger_lost",
      found: "https://ada:[masked]@example.com/ledger",
      token: "[masked]",
      pid: 12,
    },
    { level: "info", event: "[masked]", text: "closed to others" },
  ]);
});

it("writes what is as serious as the environment asks for, calls only at debug", async () => {
  const file = join(folder, "server.log");
  const events = async (level?: string) => {
    rmSync(file, { force: true });
    const log = await fileLog(file, { CONVEYOR_LOG_LEVEL: level });
    for (const event of ["call", "server_started", "connection_not_accepted", "call_failed"]) log(event);
    const lines = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
    return lines.map((line) => (JSON.parse(line) as { event: string }).event);
  };
  expect(await events("debug")).toEqual(["call", "server_started", "connection_not_accepted", "call_failed"]);
  expect(await events()).toEqual(["server_started", "connection_not_accepted", "call_failed"]);
  expect(await events("warn")).toEqual(["connection_not_accepted", "call_failed"]);
  expect(await events("error")).toEqual(["call_failed"]);
  expect(await events("silent")).toEqual([]);
  await expect(events("loud")).rejects.toMatchObject({ code: "invalid_input", hint: expect.stringContaining("debug") });
});

it("is given up where it cannot be written", async () => {
  const log = await fileLog(join(folder, "nowhere", "server.log"));
  expect(() => log("server_started")).not.toThrow();
});
