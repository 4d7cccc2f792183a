import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ErrorBody } from "@conveyor/contracts";
import { type Conveyor, connect } from "@conveyor/sdk";
import { type ScriptedAgent, type ScriptedAgentOptions, startScriptedAgent } from "../scripted-agent/launch.ts";
import { killTmuxServer } from "../scripted-agent/pane.ts";
import type { Answer, Path } from "./answers.ts";
import { type Ran, type Running, type StartOptions, start, told } from "./process.ts";
import { Transcript } from "./transcript.ts";

export const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");

/** The starter of the built program. */
export const BUILT_PROGRAM = join(REPOSITORY, "bin/conveyor");

/** The three ways a command reaches the router (architecture, "Where a command runs"). */
export const MODES = ["embedded", "socket", "http"] as const;
export type Mode = (typeof MODES)[number];

export interface WorldOptions {
  /** A folder to use and to leave as it is in the end. Default: a temporary one that is removed. */
  root?: string;
  /** Default: embedded, so no server runs. */
  mode?: Mode;
  /** Whether the server also runs Dispatch; without it only `dispatch` commands deliver. Default: it does not. */
  dispatch?: "in the server" | "by command";
  /** Further environment for everything that the world starts. */
  env?: Record<string, string>;
}

/** What `serve --json` says of a running server. */
export interface ServerState {
  running: boolean;
  pid: number;
  url: string;
  socket: string;
  token_file: string;
}

export interface CliOptions extends Omit<Partial<StartOptions>, "env"> {
  env?: Record<string, string>;
  /** A program with its arguments that starts the command line, e.g. one that takes rights away. */
  under?: readonly string[];
}

/**
 * A whole system of its own: state root, tmux server, Codex home, project folder, and the built program as processes.
 * Close it after the test; that ends everything it started and removes its files.
 */
export class World {
  readonly mode: Mode;
  /** Holds everything that the world writes. */
  readonly root: string;
  readonly state_root: string;
  readonly ledger: string;
  /** The folder that agents work in. */
  readonly project: string;
  /** The Codex home of this world's callers. */
  codex_home: string;
  /** Name of the private tmux server (`tmux -L`). */
  readonly tmux_socket: string;
  server: ServerState | undefined;
  /** Every command that was run to its end, in the order of their ends. */
  readonly transcript = new Transcript(this);
  readonly #options: WorldOptions;
  readonly #running = new Set<Running>();
  readonly #connections: Conveyor[] = [];
  #rollouts = 0;

  private constructor(options: WorldOptions) {
    this.#options = options;
    this.mode = options.mode ?? "embedded";
    this.root = realpathSync(options.root ?? mkdtempSync(join(tmpdir(), "conveyor-e2e-")));
    this.state_root = join(this.root, "state");
    this.ledger = join(this.state_root, "workerctl.db");
    this.project = join(this.root, "project");
    this.codex_home = join(this.root, "codex-home");
    this.tmux_socket = `conveyor-test-${randomBytes(6).toString("hex")}`;
    mkdirSync(dirname(this.#tmuxSocketPath), { recursive: true, mode: 0o700 });
    for (const name of ["project", "home", "elsewhere"]) mkdirSync(join(this.root, name), { recursive: true });
  }

  /** A new world; in the modes socket and http its server runs already. */
  static async start(options: WorldOptions = {}): Promise<World> {
    assertBuilt();
    const world = new World(options);
    try {
      if (world.mode !== "embedded") await world.serve();
      return world;
    } catch (error) {
      await world.close();
      throw error;
    }
  }

  /** The environment of a command typed on this world's machine, not yet pointing anywhere. */
  get env(): Record<string, string> {
    return {
      PATH: [join(REPOSITORY, "bin"), process.env["PATH"] ?? ""].join(delimiter),
      HOME: join(this.root, "home"),
      // Each world has a home of its own; compiling the program anew in each would take longer than most tests.
      NODE_COMPILE_CACHE: join(REPOSITORY, "node_modules/.cache/compiled"),
      // All worlds of a run are one host, as are the tests themselves where they open a ledger.
      XDG_STATE_HOME: process.env["XDG_STATE_HOME"] ?? join(this.root, "home", ".local", "state"),
      CONVEYOR_CHECK_ANSWERS: "1",
      LANG: "C.UTF-8",
      TERM: "xterm-256color",
      CODEX_HOME: this.codex_home,
      CONVEYOR_STATE_ROOT: this.state_root,
      // tmux takes its server from here when it is not told one: as in a shell that runs inside that server.
      TMUX: `${this.#tmuxSocketPath},0,0`,
      ...this.#options.env,
    };
  }

  get #tmuxSocketPath(): string {
    return join(process.env["TMUX_TMPDIR"] ?? "/tmp", `tmux-${userInfo().uid}`, this.tmux_socket);
  }

  /** The environment of a caller in this world's mode. */
  get callerEnv(): Record<string, string> {
    if (this.mode !== "http" || this.server === undefined) return this.env;
    // A caller from elsewhere: it cannot fall back to the ledger, so an answer proves that the server gave it.
    const elsewhere = join(this.root, "elsewhere");
    return {
      ...this.env,
      CONVEYOR_STATE_ROOT: elsewhere,
      CONVEYOR_SERVER: this.server.url,
      CONVEYOR_TOKEN: this.token,
    };
  }

  /** The token of this world's server. */
  get token(): string {
    return readFileSync(join(this.state_root, "server-token"), "utf8").trim();
  }

  /** Run a command line to its end, whatever it is. */
  async cli(...argv: string[]): Promise<Ran> {
    const ran = await (await this.begin(argv)).done;
    this.transcript.note(ran);
    return ran;
  }

  /** Run a command line and parse the JSON it prints, an answer of the named operation. Throws unless it exits with 0. */
  async ask<P extends Path>(...argv: string[]): Promise<Answer<P>> {
    const ran = await this.cli(...argv, "--json");
    if (ran.code !== 0) throw new Error(told(ran));
    return JSON.parse(ran.stdout) as Answer<P>;
  }

  /** Run a command line that must be refused; answers with its exit code and error object. */
  async refused(...argv: string[]): Promise<Refusal> {
    const ran = await this.cli(...argv, "--json");
    if (ran.code === 0) throw new Error(`was not refused:\n${told(ran)}`);
    if (ran.stdout !== "") throw new Error(`a refusal printed to stdout:\n${told(ran)}`);
    return { code: ran.code, error: (JSON.parse(ran.stderr) as { error: ErrorBody }).error };
  }

  /** Start a command line and leave it running; it is ended with the world. */
  async begin(argv: readonly string[], options: CliOptions = {}): Promise<Running> {
    const { under = [], env, ...others } = options;
    const words = [...under, process.execPath, BUILT_PROGRAM, ...argv] as [string, ...string[]];
    const running = await start(words, { cwd: this.project, ...others, env: { ...this.callerEnv, ...env } });
    this.#running.add(running);
    void running.done.then(() => this.#running.delete(running));
    return running;
  }

  /** Start this world's server (again) and wait until it answers. */
  async serve(...flags: string[]): Promise<ServerState> {
    const dispatch = this.#options.dispatch === "in the server" ? [] : ["--no-dispatch"];
    const argv = ["serve", "--port", "0", ...dispatch, ...flags, "--json"];
    const running = await this.begin(argv, { env: this.env, limit_ms: 600_000 });
    const [document] = await running.printed(/^\{[\s\S]*^\}$/m);
    this.server = JSON.parse(document) as ServerState;
    return this.server;
  }

  /** End the server: as its user would, or as a crash does. */
  async stopServer(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    const running = [...this.#running].find(({ pid }) => pid === this.server?.pid);
    this.server = undefined;
    running?.kill(signal);
    await running?.done;
  }

  /** The SDK in this process, in this world's mode. */
  async connect(): Promise<Conveyor> {
    const conveyor = await connect({ env: this.callerEnv, cwd: this.project });
    this.#connections.push(conveyor);
    return conveyor;
  }

  /** A scripted agent in this world's tmux. */
  agent(session: string, options: Partial<ScriptedAgentOptions> = {}): Promise<ScriptedAgent> {
    const { tmux_socket, project: cwd, codex_home } = this;
    return startScriptedAgent({
      tmux_socket,
      cwd,
      codex_home,
      session,
      turn_ms: 50,
      prompt: "do: say ready",
      ...options,
    });
  }

  /** The rollout of a session that only reads and writes inboxes: its first line, and no agent behind it. */
  rollout(lines: readonly object[] = []): string {
    this.#rollouts += 1;
    const thread_id = `00000000-0000-4000-8000-${String(this.#rollouts).padStart(12, "0")}`;
    const path = join(this.codex_home, "sessions/2026/01/02", `rollout-2026-01-02T03-04-05-${thread_id}.jsonl`);
    const payload = {
      id: thread_id,
      cwd: this.project,
      timestamp: "2026-01-02T03:04:05.000Z",
      originator: "e2e",
      cli_version: "0.169.0",
    };
    const records = [{ timestamp: payload.timestamp, type: "session_meta", payload }, ...lines];
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
    return path;
  }

  /** A task bound to a worker and a manager that have no terminal. */
  async pair(task: string): Promise<{ worker: string; manager: string; binding_id: string }> {
    const [worker, manager] = [`${task}-worker`, `${task}-manager`];
    await this.ask<"tasks.create">("tasks", "--create", task, "--goal", `make ${task} work`);
    await this.ask<"sessions.registerWorker">("register-worker", "--name", worker, "--codex-session", this.rollout());
    await this.ask<"sessions.registerManager">(
      "register-manager",
      "--name",
      manager,
      "--codex-session",
      this.rollout(),
    );
    const bind = ["bind", "--task", task, "--worker", worker, "--manager", manager];
    const { binding_id } = await this.ask<"bindings.bind">(...bind);
    return { worker, manager, binding_id };
  }

  /** End everything, and remove the files unless they lie in a folder that was given. */
  async close(): Promise<void> {
    for (const conveyor of this.#connections) await conveyor.close();
    for (const running of this.#running) running.kill("SIGTERM");
    // A server that a test detached is no child of ours.
    if (existsSync(join(this.state_root, "server.json")))
      await (await this.begin(["serve", "--stop"], { env: this.env })).done;
    const patience = setTimeout(() => this.#killRest(), 5_000);
    await Promise.all([...this.#running].map(({ done }) => done));
    clearTimeout(patience);
    await killTmuxServer(this.tmux_socket);
    if (this.#options.root !== undefined) return;
    // An agent that tmux just ended may still write its last line.
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }

  #killRest(): void {
    for (const running of this.#running) running.kill("SIGKILL");
  }
}

/** A command that did not do its job: its exit code, and the error it printed with `--json`. */
export interface Refusal {
  code: number | null;
  error: ErrorBody;
}

/** Run a test in a world of its own. */
export async function withWorld<T>(options: WorldOptions, test: (world: World) => Promise<T>): Promise<T> {
  const world = await World.start(options);
  try {
    return await test(world);
  } finally {
    await world.close();
  }
}

/** Fails early, with the remedy, when the program is not built. */
function assertBuilt(): void {
  if (existsSync(join(REPOSITORY, "apps/cli/dist/main.js"))) return;
  throw new Error("apps/cli/dist/main.js is missing: run `npx --yes pnpm@12 build` first");
}
