import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { killTmuxServer } from "../scripted-agent/pane.ts";
import { kindOf, type ShapedRecord } from "../scripted-agent/shapes.ts";
import { startScriptedModel } from "../scripted-model/model.ts";
import { type CodexInstall, codexCacheFolder, installCodex, NEWEST_CODEX } from "./install.ts";
import { codexHome, startCodexInTmux } from "./launch.ts";
import { playScenario, type Screen } from "./scenario.ts";

/** The install may have to fetch 400 MB; the scenario itself takes a quarter of a minute. */
const INSTALL_LIMIT_MS = 330_000;
const SCENARIO_LIMIT_MS = 180_000;

/** One row per screen: what must be seen there, and the terminal title. */
const SEEN: Record<string, { text: RegExp; title?: RegExp }> = {
  "trust-prompt": { text: /Trust this folder\?[\s\S]*› 1\. Trust and continue/ },
  "idle-composer": { text: /› hello worker[\s\S]*• First answer\.[\s\S]*› Ask Codex to do anything/, title: /^\w/ },
  working: { text: /[•◦] Working \(\d+s • esc to interrupt\)/, title: /^[\u2801-\u28ff] / },
  interrupted: { text: /■ Conversation interrupted/ },
  "steer-pending": { text: /Messages to be submitted after next tool call[\s\S]*↳ a message while busy/ },
  "steer-sent": { text: /Model interrupted to submit steer instructions[\s\S]*› a message while busy/ },
  commands: { text: /• Ran seq 1 30[\s\S]*• Exited \(status 3\)[\s\S]*• commands are done/ },
  "command-approval": { text: /Would you like to run[\s\S]*› 1\. Yes, proceed \(y\)/, title: /Action Required/ },
  "approval-declined": { text: /✗ You canceled the request to run curl/ },
  "unsubmitted-input": { text: /› fast text/ },
  "ctrl-c-clears-composer": { text: /› Ask Codex to do anything/ },
  "rate-limit-prompt": { text: /Approaching rate limits[\s\S]*› 1\. Switch to/ },
  "usage-limit": { text: /hit your usage limit/ },
  "turn-failed": { text: /■ Codex ran out of room/ },
  compacted: { text: /• Context compacted/ },
  "user-question": { text: /Question 1\/1[\s\S]*› 1\. SQLite/, title: /Action Required/ },
  "implement-plan": { text: /Implement this plan\?[\s\S]*› 1\. Yes/ },
  "after-clear": { text: /OpenAI Codex[\s\S]*› Ask Codex to do anything/ },
};

let codex: CodexInstall;

beforeAll(async () => {
  codex = await installCodex();
  if (!codex.ok) console.warn(`THE REAL CODEX IS NOT TESTED HERE: ${codex.reason}`);
}, INSTALL_LIMIT_MS);

describe("finding the real program", () => {
  it("gives a reason instead of a path when it may not install", async () => {
    const empty = mkdtempSync(join(tmpdir(), "codex-cache-"));
    const found = await installCodex(NEWEST_CODEX, {
      PATH: empty,
      CONVEYOR_CODEX_CACHE: empty,
      CONVEYOR_CODEX_INSTALL: "0",
    });
    rmSync(empty, { recursive: true });
    expect(found).toEqual({ ok: false, reason: expect.stringContaining("forbids") });
  });

  it("keeps it outside the repository", () => {
    expect(codexCacheFolder({ CONVEYOR_CODEX_CACHE: "/elsewhere" })).toBe("/elsewhere");
    expect(codexCacheFolder({}).startsWith(realpathSync("."))).toBe(false);
  });
});

describe("the real program against the scripted model", () => {
  it("can be led through trust, turns, interrupt, approval, failures, plan mode and clear", {
    timeout: SCENARIO_LIMIT_MS,
    // The program is somebody else's: once, on a fully loaded machine, it ended by itself in the middle.
    retry: 1,
  }, async () => {
    if (!codex.ok) return;
    const cwd = realpathSync(mkdtempSync(join(tmpdir(), "codex-project-")));
    execFileSync("git", ["init", "-q", cwd]);
    const model = await startScriptedModel({ default_answer: "First answer." });
    const home = await codexHome({ model_url: model.url });
    const tmux_socket = `conveyor-test-${randomUUID().slice(0, 8)}`;
    const screens: Screen[] = [];
    try {
      const start = { codex_path: codex.path, tmux_socket, session: "real", cwd, codex_home: home.path };
      const running = await startCodexInTmux({ ...start, prompt: "hello worker" });
      await playScenario(running, model, (screen) => screens.push(screen));

      expect(screens.map((screen) => screen.name)).toEqual(Object.keys(SEEN));
      for (const { name, text, title } of screens) {
        expect(text, name).toMatch(SEEN[name]?.text ?? /never/);
        expect(title, name).toMatch(SEEN[name]?.title ?? /./);
      }
      const records = (await running.records()) as ShapedRecord[];
      expect(records.map((record) => record.ordinal)).toEqual(records.map((_, index) => index));
      const kinds = new Set(records.map(kindOf));
      const wanted = ["turn_aborted", "task_complete", "item_completed/CommandExecution", "item_completed/Plan"];
      expect(wanted.filter((kind) => !kinds.has(`event_msg/${kind}`))).toEqual([]);
      expect([...kinds]).toEqual(expect.arrayContaining(["compacted", "retained_context/verified_answer"]));
      expect(model.requests.every((request) => request.url === "/v1/responses")).toBe(true);
    } finally {
      await killTmuxServer(tmux_socket);
      await model.close();
      await home.remove();
      rmSync(cwd, { recursive: true, force: true });
    }
  });
});
