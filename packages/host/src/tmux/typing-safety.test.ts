import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ExpectedAgent } from "../processes/agent-proof.ts";
import { createProcesses } from "../processes/index.ts";
import { createTmux } from "./index.ts";
import { anybody, type PrivateTmux, privateTmux, recorder, until } from "./testing.ts";
import type { Readiness, TypingTarget } from "./types.ts";

let world: PrivateTmux;
beforeAll(async () => {
  world = await privateTmux();
  await world.run("keeper", ["cat"]);
});
afterAll(() => world.close());

const processes = createProcesses();
const always = (): Readiness => ({ ok: true });
const log = (session: string) => join(world.folder, `${session}.log`);
const received = (session: string) => readFile(log(session), "utf8").catch(() => "");
const registered = async (pid: number): Promise<ExpectedAgent> => ({
  process: { pid, started_at: await processes.startTime(pid) },
  isProgram: () => false,
});

/** Everything that types, as one call each. */
const WAYS: [string, (target: TypingTarget) => Promise<unknown>][] = [
  ["a push", (target) => world.tmux.pushText({ target, text: "text", ready: always })],
  ["a forced push", (target) => world.tmux.pushText({ target, text: "text", ready: always, force: true })],
  ["a paste", (target) => world.tmux.pasteText(target, "text")],
  ["a key", (target) => world.tmux.sendKey(target, "Escape")],
  ["Enter", (target) => world.tmux.submit(target)],
];

/** A shell at its prompt, in which somebody may run things. */
async function shell(session: string) {
  const pane = await world.run(session, ["env", "PS1=shell> ", "bash", "--norc", "--noprofile", "-i"], "shell>");
  return { ...pane, type: (line: string) => world.raw("send-keys", "-t", pane.pane_id, line, "Enter") };
}

/** What a shell runs in its pane, once it does. */
async function childOf(pid: number, program: string): Promise<number> {
  let found: number | undefined;
  await until(async () => {
    found = (await processes.tree(pid)).find((one) => one.argv[0] === program)?.pid;
    return found !== undefined;
  });
  return found as number;
}

describe.each(WAYS)("%s", (_way, type) => {
  it("is refused when the registered process has ended and its shell is back", async () => {
    const name = `ended-${WAYS.findIndex(([, one]) => one === type)}`;
    const pane = await shell(name);
    await pane.type("sleep 600");
    const pid = await childOf(pane.pid, "sleep");
    const agent = await registered(pid);
    process.kill(pid);
    await until(async () => !(await processes.isAlive(pid)));
    await expect(type({ session: name, agent })).rejects.toMatchObject({ code: "agent_gone" });
    expect(await world.tmux.capture({ session: name }, 10)).not.toContain("text");
  });

  it("is refused when its keys would go to a neighbour too", async () => {
    const name = `sync-${WAYS.findIndex(([, one]) => one === type)}`;
    await world.run(name, recorder(log(name)), "ready>");
    const neighbour = join(world.folder, `${name}-neighbour`);
    const pane = (await world.raw("display-message", "-p", "-t", `=${name}:`, "#{pane_id}")).trim();
    await world.raw("split-window", "-t", pane, `cat > ${neighbour}`);
    await world.raw("set-window-option", "-t", pane, "synchronize-panes", "on");
    const target = { session: name, pane_id: pane, agent: anybody };
    await expect(type(target)).rejects.toMatchObject({ code: "pane_synchronized" });
    await world.raw("set-window-option", "-t", pane, "synchronize-panes", "off");
    await type(target);
    expect(await readFile(neighbour, "utf8")).toBe("");
  });
});

describe("the agent in the pane", () => {
  const push = (target: TypingTarget) => world.tmux.pushText({ target, text: "text", ready: always });
  const gone = (reason: RegExp) => ({ code: "agent_gone", details: { reason: expect.stringMatching(reason) } });

  it("is not one that was put into the background, nor what runs in its place", async () => {
    const pane = await shell("background");
    await pane.type("sleep 600");
    const agent = await registered(await childOf(pane.pid, "sleep"));
    await world.raw("send-keys", "-t", pane.pane_id, "C-z");
    await until(async () => (await world.tmux.capture({ session: "background" }, 0)).includes("Stopped"));
    await expect(push({ session: "background", agent })).rejects.toMatchObject(gone(/keyboard/));
    await pane.type("cat");
    await childOf(pane.pid, "cat");
    await expect(push({ session: "background", agent })).rejects.toMatchObject(gone(/keyboard/));
  });

  it("is not a process of another pane, of another start, or a pane that was started anew", async () => {
    const other = await world.run("other", ["cat"]);
    const mine = await world.run("mine", ["cat"]);
    await expect(push({ session: "mine", agent: await registered(other.pid) })).rejects.toMatchObject(gone(/not run/));
    const earlier = { process: { pid: mine.pid, started_at: "2020-01-01T00:00:00.000Z" }, isProgram: () => true };
    await expect(push({ session: "mine", agent: earlier })).rejects.toMatchObject(gone(/not run/));
    const agent = await registered(mine.pid);
    await expect(push({ session: "mine", agent })).resolves.toMatchObject({ side_effect_completed: true });
    await world.raw("respawn-pane", "-k", "-t", mine.pane_id, "cat");
    await expect(push({ session: "mine", agent })).rejects.toMatchObject(gone(/not run/));
  });

  it("is what runs in a shell that was registered, and never that shell itself", async () => {
    const pane = await shell("wrapped");
    const { process: mark } = await registered(pane.pid);
    const agent = { process: mark, isProgram: (argv: readonly string[]) => argv[0] === "cat" };
    await expect(push({ session: "wrapped", agent })).rejects.toMatchObject(gone(/a shell/));
    await pane.type("cat");
    await childOf(pane.pid, "cat");
    await expect(push({ session: "wrapped", agent })).resolves.toMatchObject({ side_effect_completed: true });
  });

  it("is its own program where no process was registered", async () => {
    const nobody = { process: null, isProgram: () => false };
    await expect(push({ session: "keeper", agent: nobody })).rejects.toMatchObject(gone(/no program of the agent/));
  });

  it("must still be there when Enter is due", async () => {
    const pane = await shell("leaves");
    await pane.type("cat");
    const pid = await childOf(pane.pid, "cat");
    const pushed = world.tmux.pushText({
      target: { session: "leaves", agent: await registered(pid) },
      text: "rm -rf everything",
      ready: always,
      onBufferLoaded: () => void process.kill(pid, "SIGTERM"),
    });
    await expect(pushed).rejects.toMatchObject({ code: "agent_gone", details: { side_effect_started: true } });
    expect(await world.tmux.capture({ session: "leaves" }, 20)).not.toContain("No such file");
  });
});

describe("a pane of another server", () => {
  it("is reached by its recorded socket, and never one of the same name elsewhere", async () => {
    const other = await privateTmux();
    try {
      await world.run("twin", recorder(log("twin")), "ready>");
      const pane = await other.run("twin", recorder(join(other.folder, "twin.log")), "ready>");
      const socket_path = await other.tmux.socketPath();
      expect(pane.socket_path).toBe(socket_path);
      await world.tmux.pasteText({ session: "twin", socket_path, agent: anybody }, "there");
      await until(async () => (await readFile(join(other.folder, "twin.log"), "utf8")).includes("there"));
      expect(await received("twin")).toBe("");
      await other.tmux.kill("twin");
      await other.raw("kill-server");
      const lost = world.tmux.pasteText({ session: "twin", socket_path, agent: anybody }, "lost");
      await expect(lost).rejects.toMatchObject({ code: "tmux_no_server" });
      expect(await received("twin")).toBe("");
    } finally {
      await other.close();
    }
  });
});

describe("two who type into one pane", () => {
  const OPTION = "@conveyor_typist";
  const option = async (pane: string) => (await world.raw("display-message", "-p", "-t", pane, `#{${OPTION}}`)).trim();

  /** A process of its own that types a text into a session, or dies while it does. */
  function typist(session: string, text: string, dies = false) {
    const program = `
      import { createTmux } from ${JSON.stringify(fileURLToPath(new URL("./index.ts", import.meta.url)))};
      const [options, session, text, dies] = JSON.parse(process.argv[1]);
      const tmux = createTmux(options);
      await tmux.pasteText({ session, agent: { process: null, isProgram: () => true } }, text, {
        onBufferLoaded: () => { if (dies) process.kill(process.pid, "SIGKILL"); },
      });`;
    const { env: _env, ...options } = world.options;
    return spawn(
      process.execPath,
      ["--import", "tsx", "--input-type=module", "-e", program, JSON.stringify([options, session, text, dies])],
      { env: world.options.env as NodeJS.ProcessEnv, stdio: ["ignore", "inherit", "inherit"] },
    );
  }

  it("do so one after the other, whatever processes they are", async () => {
    const { pane_id } = await world.run("shared", recorder(log("shared")), "ready>");
    const texts = ["one", "two", "three", "four"];
    const ended = await Promise.all(texts.map((text) => once(typist("shared", text), "exit")));
    expect(ended).toEqual(texts.map(() => [0, null]));
    const messages = (await received("shared")).split("\r").filter((message) => message !== "");
    expect(messages.sort()).toEqual(texts.map((text) => `\u001b[200~${text}\u001b[201~`).sort());
    expect(await option(pane_id)).toBe("");
  });

  it("need not wait for one who died, nor for a mark that is none", async () => {
    const { pane_id } = await world.run("crashed", recorder(log("crashed")), "ready>");
    expect(await once(typist("crashed", "lost", true), "exit")).toEqual([null, "SIGKILL"]);
    expect(await option(pane_id)).not.toBe("");
    await world.tmux.pasteText({ session: "crashed", agent: anybody }, "after");
    await world.raw("set-option", "-p", "-t", pane_id, OPTION, "nonsense");
    await world.tmux.pasteText({ session: "crashed", agent: anybody }, "again");
    const text = await received("crashed");
    expect(text).toContain("after");
    expect(text).toContain("again");
    expect(text).not.toContain("lost");
  });

  it("wait within bounds for one who lives", async () => {
    const { pane_id } = await world.run("held", recorder(log("held")), "ready>");
    const started = Date.parse((await processes.startTime(process.ppid)) ?? "");
    const namespace = /\d+/.exec(await readNamespace())?.[0] ?? "0";
    const holder = [process.ppid, started, namespace, Date.now(), "ab12"].join("-");
    await world.raw("set-option", "-p", "-t", pane_id, OPTION, holder);
    // A clock that runs ahead, so that nobody has to wait for the real one.
    let now = 0;
    const clock = { ...fastClock, monotonic_ms: () => (now += 5_000) };
    const tmux = createTmux({ ...world.options, clock });
    await expect(tmux.pasteText({ session: "held", agent: anybody }, "no")).rejects.toMatchObject({
      code: "pane_busy",
    });
    expect(await received("held")).toBe("");
    expect(await option(pane_id)).toBe(holder);
  });
});

const fastClock = {
  now: () => new Date(),
  iso: () => new Date().toISOString(),
  monotonic_ms: () => 0,
  sleep: async () => {},
};

async function readNamespace(): Promise<string> {
  const { readlink } = await import("node:fs/promises");
  return readlink("/proc/self/ns/pid").catch(() => "0");
}

it("a session's name in a command to copy is one word, whatever is in it", async () => {
  const session = "a'; touch owned; '";
  await world.run(session, ["cat"]);
  const error = await world.tmux.paneOf({ session, pane_id: "%999" }).catch((thrown: { hint: string }) => thrown);
  const command = /`(.*)` shows/.exec((error as { hint: string }).hint)?.[1] ?? "";
  await writeFile(join(world.folder, "run.sh"), command.replace(/^tmux /, "printf '%s\\n' "));
  const child = spawn("sh", [join(world.folder, "run.sh")], { cwd: world.folder });
  let output = "";
  child.stdout.on("data", (bytes: Buffer) => (output += bytes.toString()));
  await once(child, "close");
  expect(output).toBe(`list-panes\n-s\n-t\n=${session}:\n`);
});
