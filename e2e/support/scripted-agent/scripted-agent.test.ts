import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readlink, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installCodexShim, type ScriptedAgent, type ScriptedAgentOptions, startScriptedAgent } from "./launch.ts";
import { killTmuxServer } from "./pane.ts";
import { kindOf, type ShapedRecord, type Shapes, shapeFaults } from "./shapes.ts";
import { waitUntil } from "./wait.ts";

const run = promisify(execFile);
const shapes = JSON.parse(readFileSync(new URL("./record-shapes.json", import.meta.url), "utf8")) as Shapes;
const tmux_socket = `conveyor-test-${randomUUID().slice(0, 8)}`;
let root: string;
let cwd: string;
let started = 0;

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "scripted-agent-")));
  cwd = join(root, "project");
  await mkdir(join(cwd, ".git", "refs", "heads"), { recursive: true });
  await writeFile(join(cwd, ".git", "HEAD"), "ref: refs/heads/main\n");
  await writeFile(join(cwd, ".git", "refs", "heads", "main"), `${"a".repeat(40)}\n`);
});

afterAll(async () => {
  await killTmuxServer(tmux_socket);
  await rm(root, { recursive: true, force: true });
});

const start = (options: Partial<ScriptedAgentOptions> = {}) => {
  started += 1;
  const home = join(root, `home-${started}`);
  return startScriptedAgent({
    tmux_socket,
    session: `agent-${started}`,
    cwd,
    codex_home: home,
    turn_ms: 50,
    ...options,
  });
};

const lines = (agent: ScriptedAgent) =>
  readFileSync(agent.rollout_path(), "utf8")
    .split("\n")
    .filter((line) => line !== "");
const records = (agent: ScriptedAgent) => lines(agent).map((line) => JSON.parse(line) as ShapedRecord);
const last = (agent: ScriptedAgent) => records(agent).at(-1)?.payload ?? {};
const commandOf = (record: ShapedRecord) =>
  (record.payload.item as { aggregated_output?: string } | undefined)?.aggregated_output;

async function openFiles(pid: number): Promise<string[]> {
  if (existsSync(`/proc/${pid}/fd`)) {
    const names = await readdir(`/proc/${pid}/fd`);
    return Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => "")));
  }
  const { stdout } = await run("lsof", ["-n", "-P", "-p", String(pid), "-Fn"]);
  return stdout.split("\n").map((line) => line.slice(1));
}

describe("the rollout of the scripted agent", () => {
  it("has the record kinds, keys and order of the samples, with ordinals without a gap", async () => {
    const agent = await start({ prompt: "hello worker" });
    await agent.waitForTurns(1);
    await agent.pane.submit("second prompt");
    await agent.waitForTurns(2);
    await agent.pane.submit("do: hold");
    await agent.waitFor((state) => state.screen === "busy");
    await agent.pane.keys("Escape");
    await agent.waitForTurns(3);
    await agent.pane.submit("/compact");
    await agent.waitForTurns(4);
    const { first_turn, later_turn, interrupted_turn, compaction_turn } = shapes.sequences;
    const expected = [first_turn, later_turn, interrupted_turn, compaction_turn].flatMap((sequence) => sequence ?? []);
    expect(records(agent).map(kindOf)).toEqual(expected);

    const more = ["do: run npm test exit 1 print 1 failing | say seen", "do: fail context_window_exceeded", "do: plan"];
    for (const [index, text] of more.entries()) {
      await agent.pane.submit(text);
      await agent.waitFor((state) => state.turns_ended === 5 + index && state.screen !== "busy");
    }
    await agent.pane.keys("Escape");
    await agent.pane.submit("do: question");
    await agent.waitFor((state) => state.screen === "dialog");
    await agent.pane.keys("Down", "Enter");
    await agent.waitForTurns(8);
    await agent.pane.submit("do: ask-approval npm publish");
    await agent.waitFor((state) => state.screen === "dialog");
    await agent.pane.keys("p");
    await agent.waitForTurns(9);

    const all = records(agent);
    expect(all.map((record) => record.ordinal)).toEqual(all.map((_, index) => index));
    expect(all.flatMap((record) => shapeFaults(record, shapes))).toEqual([]);
    expect(all.map(kindOf)).toContain("retained_context/verified_answer");
    await agent.stop();
  });

  it("writes a declined approval like the sample", async () => {
    const agent = await start({ prompt: "do: ask-approval" });
    await agent.waitFor((state) => state.screen === "dialog");
    await agent.pane.keys("Escape");
    await agent.waitForTurns(1);
    expect(records(agent).map(kindOf)).toEqual(shapes.sequences.declined_first_turn);
    await agent.stop();
  });

  it("appears only with the first input and is held open by the process in the pane", async () => {
    const agent = await start();
    await agent.pane.waitForText(/Ask Codex to do anything/);
    expect(agent.state().rollout_path).toBeNull();
    expect(() => agent.rollout_path()).toThrow(/no rollout/);
    await agent.pane.submit("go");
    await agent.waitForTurns(1);
    expect(await openFiles(agent.pid)).toContain(agent.rollout_path());
    const meta = records(agent)[0]?.payload;
    expect(meta).toMatchObject({ id: agent.state().thread_id, cwd, source: "cli", git: { branch: "main" } });
    await agent.stop();
  });

  it("begins a new file at clear and keeps the old one open", async () => {
    const agent = await start({ prompt: "one" });
    await agent.waitForTurns(1);
    const old = agent.rollout_path();
    const before = readFileSync(old, "utf8");
    await agent.pane.submit("/clear");
    await agent.waitFor((state) => state.rollout_path === null);
    await agent.pane.submit("two");
    await agent.waitForTurns(2);
    expect(agent.rollout_path()).not.toBe(old);
    expect(records(agent)[0]?.ordinal).toBe(0);
    expect(readFileSync(old, "utf8")).toBe(before);
    expect(await openFiles(agent.pid)).toEqual(expect.arrayContaining([old, agent.rollout_path()]));
    await agent.stop();
  });

  it("stays away when rollouts are switched off", async () => {
    const agent = await start({ prompt: "hello", no_rollout: true });
    await agent.waitForTurns(1);
    expect(existsSync(join(root, `home-${started}`, "sessions"))).toBe(false);
    await agent.stop();
  });

  it("cuts large command output around a marker and can answer at any size", async () => {
    const agent = await start({ prompt: "do: big 300000 | say-big 200000" });
    await agent.waitForTurns(1);
    const output =
      records(agent)
        .map(commandOf)
        .find((text) => text !== undefined) ?? "";
    expect(output.length).toBe(65_536);
    expect(output).toMatch(/characters left out/);
    expect(String(last(agent).last_agent_message).length).toBe(200_000);
    await agent.stop();
  });

  it("really runs an exec step in the working directory", async () => {
    const agent = await start({ prompt: "do: exec pwd; exit 7 | say done" });
    await agent.waitForTurns(1);
    const item = records(agent).find((record) => commandOf(record) !== undefined)?.payload.item;
    expect(item).toMatchObject({ aggregated_output: `${cwd}\n`, exit_code: 7, status: "failed" });
    await agent.stop();
  });

  it("can leave a torn line and a killed turn behind", async () => {
    const agent = await start({ prompt: "do: half-line 60000" });
    await waitUntil(async () => !readFileSync(agent.rollout_path(), "utf8").endsWith("\n"));
    await agent.pane.keys("Escape");
    await agent.waitForTurns(1);
    expect(records(agent).some((record) => record.payload.type === "warning")).toBe(true);
    await agent.pane.submit("do: crash");
    await waitUntil(async () => !agent.pane.isAlive());
    expect(kindOf(records(agent).at(-1) as ShapedRecord)).toBe("event_msg/item_completed/UserMessage");
  });
});

describe("the pane of the scripted agent", () => {
  it("shows working with a spinner in the title, then the answer and the composer", async () => {
    const gate = join(root, "gate");
    const agent = await start({ prompt: `do: hold ${gate} | say All tests pass.` });
    expect(await agent.pane.waitForText(/Working \(\d+s • esc to interrupt\)/)).toContain("OpenAI Codex (v0.169.0)");
    expect(await agent.pane.title()).toMatch(/^[\u2801-\u28ff] project$/);
    await writeFile(gate, "");
    await agent.waitForTurns(1);
    const text = await agent.pane.waitForText(/• All tests pass\.[\s\S]*Worked for/);
    expect(text).toMatch(/› Ask Codex to do anything\n\n {2}scripted default · /);
    expect(await agent.pane.title()).toBe("project");
    await agent.stop();
  });

  it("swallows unbracketed text with Enter into the composer, and sends a bracketed paste", async () => {
    const agent = await start();
    await agent.pane.waitForText(/Ask Codex/);
    await agent.pane.type("line one");
    await agent.pane.keys("Enter");
    await agent.pane.waitForText(/› line one/);
    await agent.pane.submit("line two");
    await agent.waitForTurns(1);
    const input = records(agent).find((record) => kindOf(record).endsWith("UserMessage"))?.payload.item;
    expect(input).toMatchObject({ content: [{ text: "line one\nline two" }] });
    await agent.stop();
  });

  it("takes a leading ! or / for a command, and with a blank before it for a message", async () => {
    const agent = await start();
    await agent.pane.waitForText(/Ask Codex/);
    await agent.pane.paste("!touch x");
    expect(await agent.pane.waitForText(/Shell mode/)).toMatch(/^! ?touch x/m);
    await agent.pane.keys("Enter");
    await agent.pane.waitForText(/• You ran touch x/);
    await agent.pane.submit("/foo bar");
    expect(await agent.pane.waitForText(/Unrecognized command '\/foo'/)).toMatch(/^› \/foo bar$/m);
    await agent.pane.keys("C-u");
    for (const [turn, text] of ["!touch x", "/foo bar", "/quit"].entries()) {
      await agent.pane.submit(` ${text} `);
      await agent.waitForTurns(turn + 1);
    }
    const said = records(agent).filter((record) => kindOf(record).endsWith("UserMessage"));
    expect(said.map(({ payload }) => payload.item)).toMatchObject([
      { content: [{ text: "!touch x" }] },
      { content: [{ text: "/foo bar" }] },
      { content: [{ text: "/quit" }] },
    ]);
    await agent.stop();
  });

  it("shows the approval question of the sample, ignores a paste into it and records every key", async () => {
    const agent = await start({ prompt: "do: ask-approval curl -s https://example.com | say thanks" });
    await agent.waitFor((state) => state.screen === "dialog");
    const text = await agent.pane.waitForText(/Press enter to confirm or esc to cancel/);
    expect(text).toMatch(
      /Would you like to run the following command\?\n\n {2}Environment: local\n\n {2}Reason: .+\n\n {2}\$ curl -s/,
    );
    expect(text).toMatch(/^› 1\. Yes, proceed \(y\)$/m);
    expect(await agent.pane.title()).toMatch(/^\[ [!.] \] Action Required \| project$/);
    await agent.pane.paste("please stop");
    await agent.pane.keys("y");
    await agent.waitForTurns(1);
    const keys = (await agent.receivedKeys())
      .filter((key) => key.screen === "dialog")
      .map(({ kind, text }) => ({ kind, text }));
    expect(keys).toEqual([
      { kind: "paste", text: "please stop" },
      { kind: "char", text: "y" },
    ]);
    expect(last(agent)).toMatchObject({ type: "task_complete", last_agent_message: "thanks" });
    await agent.stop();
  });

  it("keeps a message typed during a turn and sends it at once when the turn is interrupted", async () => {
    const agent = await start({ prompt: "do: hold" });
    await agent.waitFor((state) => state.screen === "busy");
    await agent.pane.submit("do: say heard you");
    await agent.pane.waitForText(/Messages to be submitted after next tool call[\s\S]*↳ do: say heard you/);
    await agent.pane.keys("Escape");
    await agent.waitForTurns(2);
    await agent.pane.waitForText(/Model interrupted to submit steer instructions/);
    expect(last(agent)).toMatchObject({ type: "task_complete", last_agent_message: "heard you" });
    await agent.stop();
  });

  it("asks for trust first when told to, and begins after Enter", async () => {
    const agent = await start({ prompt: "hello", trust_prompt: true });
    await agent.pane.waitForText(/Trust this folder\?[\s\S]*› 1\. Trust and continue/);
    expect(agent.state().rollout_path).toBeNull();
    await agent.pane.keys("Enter");
    await agent.waitForTurns(1);
    expect(existsSync(agent.rollout_path())).toBe(true);
    await agent.stop();
  });

  it("ends with Ctrl-C at the empty composer and lets go of its lock", async () => {
    const agent = await start({ prompt: "hello" });
    await agent.waitForTurns(1);
    const lock = join(root, `home-${started}`, "thread-writer-locks", `${agent.state().thread_id}.lock`);
    expect(existsSync(lock)).toBe(true);
    await agent.pane.keys("C-c");
    await waitUntil(async () => !agent.pane.isAlive());
    expect(existsSync(lock)).toBe(false);
  });
});

describe("the codex command of the scripted agent", () => {
  it("answers to the name codex with version and help as a caller expects", async () => {
    const path = await installCodexShim(join(root, "bin dir"), { SCRIPTED_AGENT_TURN_MS: "1" });
    expect((await run(path, ["--version"])).stdout).toBe("codex-cli 0.169.0\n");
    expect((await run(path, ["--help"])).stdout).toContain("--no-daemon");
  });
});
