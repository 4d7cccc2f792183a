import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { installCodex } from "../support/codex/install.ts";
import { codexHome, startCodexInTmux } from "../support/codex/launch.ts";
import { AGENT_FILE, type AgentState, type ScriptedAgent } from "../support/scripted-agent/launch.ts";
import { waitUntil } from "../support/scripted-agent/wait.ts";
import { startScriptedModel } from "../support/scripted-model/model.ts";
import type { World } from "../support/world/world.ts";
import { REPAIR } from "./project.ts";

/** The worker of the story: an agent that has had its first turn and waits. */
export interface Worker {
  /** What it is, for people. */
  description: string;
  /** The process that Conveyor finds the rollout by. */
  pid: number;
  /** Null: it has no terminal, so it must fetch its messages. */
  tmux_session: string | null;
  codex_home: string;
  /** Text that makes it do the work of the story. It stops before its last step until `letFinish`. */
  instruction: string;
  /** Resolves when it works on the instruction. */
  isBusy(): Promise<void>;
  letFinish(): Promise<void>;
  /** Hand it a message that it has fetched itself. Only for a worker without a terminal. */
  read(message: string): Promise<void>;
  stop(): Promise<void>;
}

export type WorkerKind = "scripted in tmux" | "scripted without tmux" | "codex in tmux";

const FIRST_PROMPT = "Wait for your manager's instructions.";
const REQUEST = "Make the test of this project pass, then say which file you changed.";
const SESSION = "worker";
const BUSY_LIMIT_MS = 30_000;

/** Start the worker and wait until its first turn has ended. */
export const startWorker: Record<WorkerKind, (world: World, note: (text: string) => void) => Promise<Worker>> = {
  "scripted in tmux": scriptedInTmux,
  "scripted without tmux": scriptedWithoutTmux,
  "codex in tmux": codexInTmux,
};

/** Whether a program is on PATH. */
export function isInstalled(program: string, env: Readonly<Record<string, string | undefined>>): boolean {
  return (env["PATH"] ?? "").split(delimiter).some((folder) => folder !== "" && existsSync(join(folder, program)));
}

/** `do:` is the little language of both stand-ins; a person reading the pane sees the request above it. */
function instructionWith(hold: string): string {
  const [mend, check] = REPAIR;
  return `${REQUEST}\ndo: exec ${mend} | exec ${check} | ${hold} | say I changed greet.mjs; its test passes now.`;
}

async function scriptedInTmux(world: World): Promise<Worker> {
  const gate = join(world.root, "may-finish");
  const agent: ScriptedAgent = await world.agent(SESSION, { prompt: FIRST_PROMPT });
  await agent.waitForTurns(1);
  return {
    description: `scripted agent in tmux (watch it: tmux -L ${world.tmux_socket} attach -t ${SESSION})`,
    pid: agent.pid,
    tmux_session: SESSION,
    codex_home: world.codex_home,
    instruction: instructionWith(`hold ${gate}`),
    isBusy: async () => void (await agent.waitFor(({ screen }) => screen === "busy", BUSY_LIMIT_MS)),
    letFinish: async () => writeFileSync(gate, ""),
    read: (message) => agent.pane.submit(message),
    stop: () => agent.stop(),
  };
}

async function scriptedWithoutTmux(world: World): Promise<Worker> {
  const gate = join(world.root, "may-finish");
  const state_file = join(world.root, "worker-state.json");
  const env = { ...world.env, SCRIPTED_AGENT_STATE_FILE: state_file, SCRIPTED_AGENT_TURN_MS: "100" };
  mkdirSync(world.codex_home, { recursive: true });
  const child = spawn(process.execPath, [AGENT_FILE, "--no-daemon", "--", FIRST_PROMPT], {
    cwd: world.project,
    env,
    stdio: ["pipe", "ignore", "ignore"],
  });
  const gone = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const waitFor = (condition: (state: AgentState) => boolean) =>
    waitUntil(
      async () => existsSync(state_file) && condition(JSON.parse(readFileSync(state_file, "utf8")) as AgentState),
      {
        limit_ms: BUSY_LIMIT_MS,
        watch: world.root,
        what: () => "the worker",
      },
    );
  await waitFor((state) => state.turns_ended >= 1);
  return {
    description: "scripted agent without a terminal",
    pid: child.pid as number,
    tmux_session: null,
    codex_home: world.codex_home,
    instruction: instructionWith(`hold ${gate}`),
    isBusy: () => waitFor(({ screen }) => screen === "busy"),
    letFinish: async () => writeFileSync(gate, ""),
    async read(message) {
      child.stdin.write(`\u001b[200~${message}\u001b[201~`);
      await sleep(150);
      child.stdin.write("\r");
    },
    async stop() {
      child.kill("SIGTERM");
      await gone;
    },
  };
}

async function codexInTmux(world: World, note: (text: string) => void): Promise<Worker> {
  const codex = await installCodex(undefined, undefined, note);
  if (!codex.ok) throw new Error(`the real Codex cannot be used: ${codex.reason}`);
  const model = await startScriptedModel({ default_answer: "Ready." });
  const home = await codexHome({ model_url: model.url, trusted: [world.project] });
  const stop = async () => {
    await model.close();
    await home.remove();
  };
  try {
    const running = await startCodexInTmux({
      codex_path: codex.path,
      tmux_socket: world.tmux_socket,
      session: SESSION,
      cwd: world.project,
      codex_home: home.path,
      prompt: FIRST_PROMPT,
      sandbox: "danger-full-access",
      approval_policy: "never",
    });
    await running.waitForRecord((record) => record.payload?.type === "task_complete");
    return {
      description: `Codex ${codex.version} in tmux (watch it: tmux -L ${world.tmux_socket} attach -t ${SESSION})`,
      pid: running.pid,
      tmux_session: SESSION,
      codex_home: home.path,
      instruction: instructionWith("hold review"),
      isBusy: () => model.reached("review"),
      letFinish: async () => model.release("review"),
      read: (message) => running.pane.submit(message),
      async stop() {
        await running.stop();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
