import { chmod, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { shellQuote } from "@conveyor/contracts/shell-quote";
import { Pane } from "./pane.ts";
import { waitUntil } from "./wait.ts";

/** The program itself; start it with bare `node`. */
export const AGENT_FILE = fileURLToPath(new URL("./agent.mjs", import.meta.url));

/** How to start a scripted agent. Only the first four have no default. */
export type ScriptedAgentOptions = {
  /** Name of the private tmux server (`tmux -L NAME`). */
  tmux_socket: string;
  session: string;
  cwd: string;
  codex_home: string;
  /** First prompt; without it the agent waits at its composer and has no rollout yet. */
  prompt?: string;
  /** How long a turn thinks before its first step, in milliseconds. */
  turn_ms?: number;
  trust_prompt?: boolean;
  no_rollout?: boolean;
  sandbox?: "read-only" | "workspace-write" | "danger-full-access";
  approval_policy?: "untrusted" | "on-request" | "never";
  env?: Record<string, string>;
  columns?: number;
  rows?: number;
};

/** What the agent says about itself, written by it at every change. */
export type AgentState = {
  pid: number;
  /** What keys would reach now. */
  screen: "composer" | "busy" | "dialog";
  thread_id: string;
  rollout_path: string | null;
  /** Turns that have ended since the program started, in all threads. */
  turns_ended: number;
};

/** One key that reached the agent; `screen` tells where it landed. */
export type ReceivedKey = { at: string; screen: AgentState["screen"]; kind: string; text?: string };

/** A running scripted agent. */
export type ScriptedAgent = {
  session: string;
  pane_id: string;
  pid: number;
  /** Its pane, to read and to type into. */
  pane: Pane;
  /** The rollout of its present thread. Throws when there is none (no input yet, or `no_rollout`). */
  rollout_path(): string;
  state(): AgentState;
  /** Wait until what it says about itself satisfies the condition; 10 s at most unless told. */
  waitFor(condition: (state: AgentState) => boolean, limitMs?: number): Promise<AgentState>;
  /** Wait until it sits at its composer and has ended at least this many turns. */
  waitForTurns(ended: number, limitMs?: number): Promise<AgentState>;
  /** Every key it received so far. */
  receivedKeys(): Promise<ReceivedKey[]>;
  stop(): Promise<void>;
};

/**
 * Start the scripted agent in a new tmux session and wait (10 s at most) until its rollout exists; when it gets no
 * prompt, asks for trust or writes no rollout, until it shows its first screen.
 */
export async function startScriptedAgent(options: ScriptedAgentOptions): Promise<ScriptedAgent> {
  await mkdir(options.codex_home, { recursive: true });
  const folder = await mkdtemp(join(options.codex_home, "scripted-"));
  const env = { ...options.env, ...agentEnv(options, folder), CODEX_HOME: options.codex_home };
  const argv = [process.execPath, AGENT_FILE, ...agentArguments(options)];
  const pane = await Pane.start({ ...options, argv, env });

  let latest: AgentState | undefined;
  const read = async () => {
    const text = await readFile(join(folder, "state.json"), "utf8").catch(() => undefined);
    if (text !== undefined) latest = JSON.parse(text) as AgentState;
    return latest;
  };
  const waitFor = async (condition: (state: AgentState) => boolean, limitMs = 10_000) => {
    let found: AgentState | undefined;
    await waitUntil(
      async () => {
        const state = await read();
        if (state !== undefined && condition(state)) found = state;
        return found !== undefined;
      },
      {
        limit_ms: limitMs,
        watch: folder,
        what: () => `another state of the scripted agent than ${JSON.stringify(latest)}`,
      },
    );
    return found as AgentState;
  };
  const state = () => {
    if (latest === undefined) throw new Error("the scripted agent has not told its state yet");
    return latest;
  };

  const writes = options.prompt !== undefined && options.trust_prompt !== true && options.no_rollout !== true;
  const asksTrust = options.prompt !== undefined && /^\s*do:.*\btrust\b/m.test(options.prompt);
  await waitFor((now) => !writes || asksTrust || now.rollout_path !== null);
  return {
    session: pane.session,
    pane_id: pane.pane_id,
    pid: pane.pid,
    pane,
    rollout_path: () => {
      const path = state().rollout_path;
      if (path === null) throw new Error("the scripted agent has no rollout: it had no input yet, or may not write");
      return path;
    },
    state,
    waitFor,
    waitForTurns: (ended, limitMs) => waitFor((now) => now.screen === "composer" && now.turns_ended >= ended, limitMs),
    receivedKeys: async () => {
      const text = await readFile(join(folder, "keys.jsonl"), "utf8").catch(() => "");
      return text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as ReceivedKey);
    },
    stop: () => pane.stop(),
  };
}

/**
 * Write an executable `codex` into a folder that starts the scripted agent: put the folder in front of PATH and a
 * program that starts `codex` gets the stand-in. `env` is fixed in the script, because a tmux server that already
 * runs keeps its own environment. Returns the path of the script.
 */
export async function installCodexShim(folder: string, env: Record<string, string> = {}): Promise<string> {
  const exports = Object.entries(env).map(([name, value]) => `export ${name}=${shellQuote(value)}\n`);
  const path = join(folder, "codex");
  await mkdir(folder, { recursive: true });
  const command = `${shellQuote(process.execPath)} ${shellQuote(AGENT_FILE)} "$@"`;
  await writeFile(path, `#!/bin/sh\n${exports.join("")}exec ${command}\n`);
  await chmod(path, 0o755);
  return path;
}

function agentArguments(options: ScriptedAgentOptions): string[] {
  const flags = ["--no-daemon"];
  if (options.sandbox !== undefined) flags.push("--sandbox", options.sandbox);
  if (options.approval_policy !== undefined) flags.push("--ask-for-approval", options.approval_policy);
  return options.prompt === undefined ? flags : [...flags, "--", options.prompt];
}

function agentEnv(options: ScriptedAgentOptions, folder: string): Record<string, string> {
  return {
    SCRIPTED_AGENT_STATE_FILE: join(folder, "state.json"),
    SCRIPTED_AGENT_KEYS_LOG: join(folder, "keys.jsonl"),
    SCRIPTED_AGENT_TURN_MS: String(options.turn_ms ?? 300),
    ...(options.trust_prompt === true ? { SCRIPTED_AGENT_TRUST_PROMPT: "1" } : {}),
    ...(options.no_rollout === true ? { SCRIPTED_AGENT_NO_ROLLOUT: "1" } : {}),
  };
}
