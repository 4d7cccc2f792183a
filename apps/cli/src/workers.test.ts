import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeWorld, type World } from "./testing/run-cli.ts";

let world: World;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => world.remove());

/** A worker folder as the earlier tool left it. */
function folder(name: string, lines: readonly string[] = []): string {
  const path = join(world.folder, "state", name);
  mkdirSync(path, { recursive: true });
  writeFileSync(
    join(path, "config.json"),
    JSON.stringify({ name, tmux_session: `codex-${name}`, identity_token: `workerctl-${name}`, cwd: "/p" }),
  );
  if (lines.length > 0) appendFileSync(join(path, "events.jsonl"), lines.map((line) => `${line}\n`).join(""));
  return path;
}

describe("events on the command line", () => {
  it.each([[], ["--json"], ["--human"]])(
    "prints compact lines with sorted keys, and warns once (%j)",
    async (...flags) => {
      folder("docs", ['{"type":"b","time":"t","a":1}', "garbage", "[]"]);
      expect(await world.cli("events", "docs", ...flags)).toEqual({
        code: 0,
        stdout: '{"a":1,"time":"t","type":"b"}\n',
        stderr: expect.stringMatching(/^warning: 2 lines skipped[^\n]*\n$/),
      });
    },
  );

  it("refuses an unknown name", async () => {
    expect(await world.cli("events", "nobody")).toMatchObject({ code: 2, stdout: "" });
  });
});

describe("classify on the command line", () => {
  it("reads standard input when neither text nor file is given", async () => {
    const ran = await world.cliIn({ stdin: "› Ask Codex to do anything\n" }, "classify");
    expect(JSON.parse(ran.stdout)).toMatchObject({ startup: "ready", busy_wait_seconds: 90 });
    expect(JSON.parse((await world.cliIn({ stdin: "x" }, "classify", "--text", "› ")).stdout)).toMatchObject({
      startup: "ready",
    });
    writeFileSync(join(world.folder, "screen.txt"), "• Working (2s • esc to interrupt)");
    expect(JSON.parse((await world.cliIn({ stdin: "› " }, "classify", "--file", "screen.txt")).stdout)).toMatchObject({
      startup: "working",
    });
  });

  it("makes no ledger", async () => {
    await world.cliIn({ stdin: "" }, "classify");
    expect((await world.cli("tasks")).stderr).toContain("there is no ledger");
  });
});

describe("the other worker commands on the command line", () => {
  it("lists folders as tab-separated text, or JSON", async () => {
    folder("docs");
    writeFileSync(join(folder("other"), "status.json"), JSON.stringify({ state: "done", current_task: "t" }));
    const shown = await world.cli("list");
    expect(shown.stdout.split("\n").map((line) => line.split("\t").toSpliced(1, 1))).toEqual([
      ["docs", "unknown", "-"],
      ["other", "done", "t"],
      [""],
    ]);
    expect(JSON.parse((await world.cli("list", "--json")).stdout)).toHaveLength(2);
  });

  it("stores a report and shows it", async () => {
    folder("docs");
    const said = ["--state", "blocked", "--current-task", "t", "--next-action=--wait", "--blocker", "why"];
    expect(JSON.parse((await world.cli("update-status", "docs", ...said)).stdout)).toMatchObject({
      state: "blocked",
      next_action: "--wait",
    });
    expect(JSON.parse((await world.cli("status", "docs", "--no-refresh")).stdout)).toMatchObject({
      state: "blocked",
      blocker: "why",
    });
    const wrong = await world.cli(
      "update-status",
      "docs",
      "--state",
      "bloked",
      "--current-task",
      "t",
      "--next-action",
      "n",
    );
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("did you mean blocked?") });
  });

  it("knows no flag for what start-test always does", async () => {
    expect(await world.cli("start-test", "--verify")).toMatchObject({ code: 2, stdout: "" });
    expect(await world.cli("start-test", "--no-initial-prompt")).toMatchObject({ code: 2, stdout: "" });
  });

  it("plans an import, does it, and ends with 1 when a worker had to be left out", async () => {
    folder("docs", ['{"type":"create"}']);
    expect(JSON.parse((await world.cli("import-compat")).stdout)).toMatchObject({
      apply: false,
      workers: [{ action_count: 2 }],
    });
    expect(await world.cli("import-compat", "--apply")).toMatchObject({ code: 0 });
    writeFileSync(join(folder("broken"), "status.json"), "{");
    const ran = await world.cli("import-compat", "--apply");
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      workers: [{ worker: "broken", error: expect.any(String) }, { action_count: 0 }],
    });
    expect(await world.cli("import-compat", "--worker", "nobody")).toMatchObject({ code: 2, stdout: "" });
    expect(await world.cli("import-compat", "--from", "missing.db", "--apply")).toMatchObject({ code: 2, stdout: "" });
    expect(await world.cli("import-compat", "--from", "missing.db", "--root", "x")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--root"),
    });
  });
});
