import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { Pane } from "../scripted-agent/pane.ts";
import { waitUntil } from "../scripted-agent/wait.ts";
import { codexCacheFolder } from "./install.ts";

const run = promisify(execFile);

/** A port that nothing listens on: with it as proxy every request but loopback ones fails at once. */
const NOWHERE = "http://127.0.0.1:9";

/** A scratch Codex home. */
export type CodexHome = { path: string; remove(): Promise<void> };

/**
 * Make a Codex home whose only model is the one at `model_url` (no login, no update check, no analytics). It lies
 * in the cache folder because Codex refuses a home below the system's temporary directory. Folders in `trusted`
 * are trusted; every other one makes Codex ask.
 */
export async function codexHome(options: {
  model_url: string;
  trusted?: string[];
  extra?: string;
}): Promise<CodexHome> {
  const homes = join(codexCacheFolder(), "homes");
  await mkdir(homes, { recursive: true });
  const path = await mkdtemp(join(await realpath(homes), "home-"));
  const trusted = (options.trusted ?? []).map(
    (folder) => `\n[projects.${JSON.stringify(folder)}]\ntrust_level = "trusted"\n`,
  );
  const config = `model = "scripted"
model_provider = "local"
check_for_update_on_startup = false
${options.extra ?? ""}
[analytics]
enabled = false

[model_providers.local]
name = "local"
base_url = ${JSON.stringify(options.model_url)}
wire_api = "responses"
requires_openai_auth = false
stream_max_retries = 1
request_max_retries = 0
${trusted.join("")}`;
  await writeFile(join(path, "config.toml"), config, { mode: 0o600 });
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** How to start the real program. */
export type CodexStart = {
  codex_path: string;
  tmux_socket: string;
  session: string;
  cwd: string;
  codex_home: string;
  prompt?: string;
  /** Left out: the release's own choice, which then also asks for trust in an unknown folder. */
  sandbox?: "read-only" | "workspace-write" | "danger-full-access";
  approval_policy?: "untrusted" | "on-request" | "never";
  columns?: number;
  rows?: number;
};

/** The real program in a pane. */
export type RunningCodex = {
  session: string;
  pane_id: string;
  /** The process in the pane (the npm wrapper); the native program is its child and holds the rollout. */
  pid: number;
  pane: Pane;
  /** All rollouts of the home, oldest first. */
  rollouts(): Promise<string[]>;
  /** Records of the newest rollout, parsed; complete lines only. */
  records(): Promise<Record<string, unknown>[]>;
  /** Wait until the newest rollout holds this many records that satisfy the condition (default one). */
  waitForRecord(condition: (record: CodexRecord) => boolean, count?: number): Promise<void>;
  stop(): Promise<void>;
};

/** The parts of a record that tests look at. */
export type CodexRecord = {
  type?: string;
  payload?: { type?: string; item?: { type?: string } } & Record<string, unknown>;
};

/** Start the real Codex in tmux, in this process tree when the release can (`--no-daemon`), with no way to the network. */
export async function startCodexInTmux(options: CodexStart): Promise<RunningCodex> {
  const { stdout: help } = await run(options.codex_path, ["--help"], { timeout: 20_000 });
  const flags = help.includes("--no-daemon") ? ["--no-daemon"] : [];
  if (options.sandbox !== undefined) flags.push("--sandbox", options.sandbox);
  if (options.approval_policy !== undefined) flags.push("--ask-for-approval", options.approval_policy);
  const argv = [options.codex_path, ...flags, ...(options.prompt === undefined ? [] : ["--", options.prompt])];
  const proxies = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"];
  const local = { NO_PROXY: "127.0.0.1,localhost", no_proxy: "127.0.0.1,localhost" };
  const env = {
    ...Object.fromEntries(proxies.map((name) => [name, NOWHERE])),
    ...local,
    CODEX_HOME: options.codex_home,
  };
  const pane = await Pane.start({ ...options, argv, env });

  const rollouts = async () => {
    const files = await readdir(join(options.codex_home, "sessions"), { recursive: true }).catch(() => []);
    return files
      .filter((name) => /rollout-[^/]*\.jsonl$/.test(name))
      .sort()
      .map((name) => join(options.codex_home, "sessions", name));
  };
  const records = async () => {
    const newest = (await rollouts()).at(-1);
    if (newest === undefined) return [];
    const text = await readFile(newest, "utf8");
    const complete = text.slice(0, text.lastIndexOf("\n") + 1);
    return complete
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  return {
    session: pane.session,
    pane_id: pane.pane_id,
    pid: pane.pid,
    pane,
    rollouts,
    records,
    waitForRecord: (condition, count = 1) =>
      waitUntil(async () => (await records()).filter((record) => condition(record as CodexRecord)).length >= count, {
        limit_ms: 30_000,
        what: () => "a record in the rollout",
      }),
    stop: () => pane.stop(),
  };
}
