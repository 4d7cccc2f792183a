import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir, userInfo } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { installCodexShim } from "../../e2e/support/scripted-agent/launch.ts";
import { killTmuxServer } from "../../e2e/support/scripted-agent/pane.ts";
import { type Ran, type Running, start, told } from "../../e2e/support/world/process.ts";

/** How one command line is run. */
export interface CallOptions {
  /** Text for standard input. */
  input?: string;
  env?: Readonly<Record<string, string>>;
}

const LIMIT_MS = 90_000;
/** How long the scripted agent thinks before a turn's first step, in milliseconds. */
const TURN_MS = 30;

/**
 * A machine of its own for one recording: state root, home, Codex home with a scripted agent, tmux server, project
 * folder. It knows the program under record by its path only. Close it afterwards; that ends all that was started.
 */
export class Place {
  readonly program: string;
  /** Of the same length every time, because what is printed is laid out around it. */
  readonly root: string;
  readonly tmux_socket: string;
  readonly #running = new Set<Running>();
  #rollouts = 0;

  private constructor(program: string) {
    this.program = program;
    this.root = realpathSync(mkdtempSync(join(tmpdir(), "record-")));
    this.tmux_socket = `conveyor-test-${randomBytes(6).toString("hex")}`;
    for (const name of ["project", "home", "bin"]) mkdirSync(join(this.root, name));
    mkdirSync(dirname(this.#tmuxSocketPath), { recursive: true, mode: 0o700 });
  }

  /** A fresh machine that has nothing but the program and a stand-in for the agent. */
  static async make(program: string): Promise<Place> {
    const place = new Place(program);
    await installCodexShim(join(place.root, "bin"), { SCRIPTED_AGENT_TURN_MS: String(TURN_MS) });
    return place;
  }

  get project(): string {
    return join(this.root, "project");
  }

  get codex_home(): string {
    return join(this.root, "codex-home");
  }

  get state_root(): string {
    return join(this.root, "state");
  }

  /** Nothing of the caller's environment but the way to programs. */
  get env(): Record<string, string> {
    return {
      PATH: [join(this.root, "bin"), dirname(this.program), process.env["PATH"] ?? ""].join(delimiter),
      HOME: join(this.root, "home"),
      USER: userInfo().username,
      XDG_STATE_HOME: join(this.root, "home/.local/state"),
      NODE_COMPILE_CACHE: join(homedir(), ".cache/conveyor-record"),
      LANG: "C.UTF-8",
      LC_ALL: "C.UTF-8",
      TZ: "UTC",
      TERM: "xterm-256color",
      COLUMNS: "120",
      CODEX_HOME: this.codex_home,
      CONVEYOR_STATE_ROOT: this.state_root,
      // As in a shell that runs inside that tmux server.
      TMUX: `${this.#tmuxSocketPath},0,0`,
    };
  }

  get #tmuxSocketPath(): string {
    return join(process.env["TMUX_TMPDIR"] ?? "/tmp", `tmux-${userInfo().uid}`, this.tmux_socket);
  }

  /** Run a command line of the program to its end, whatever it is. */
  async run(argv: readonly string[], options: CallOptions = {}): Promise<Ran> {
    return (await this.begin(argv, options)).done;
  }

  /** Start a command line of the program and leave it running. */
  async begin(argv: readonly string[], { input, env }: CallOptions = {}): Promise<Running> {
    const running = await start([process.execPath, this.program, ...argv], {
      cwd: this.project,
      env: { ...this.env, ...env },
      input,
      limit_ms: LIMIT_MS,
    });
    this.#running.add(running);
    void running.done.then(() => this.#running.delete(running));
    return running;
  }

  /** What a command answers in JSON. Throws unless it exits with 0. */
  // biome-ignore lint/suspicious/noExplicitAny: the recorder knows no schema; it may meet any build of the program.
  async ask(...argv: string[]): Promise<any> {
    const ran = await this.run([...argv, "--json"]);
    if (ran.code !== 0) throw new Error(told(ran));
    return JSON.parse(ran.stdout);
  }

  /** The rollout file of a session that has no terminal: its first line, and these records. */
  rollout(records: readonly object[] = []): string {
    this.#rollouts += 1;
    const id = `00000000-0000-4000-8000-${String(this.#rollouts).padStart(12, "0")}`;
    const path = join(this.codex_home, "sessions/2026/01/02", `rollout-2026-01-02T03-04-05-${id}.jsonl`);
    const timestamp = "2026-01-02T03:04:05.000Z";
    const payload = { id, cwd: this.project, timestamp, originator: "record", cli_version: "0.169.0" };
    mkdirSync(dirname(path), { recursive: true });
    const lines = [{ timestamp, type: "session_meta", payload }, ...records];
    writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    return path;
  }

  /** End everything and remove the files. */
  async close(): Promise<void> {
    if (existsSync(join(this.state_root, "server.json"))) await this.run(["serve", "--stop"]);
    for (const running of this.#running) running.kill("SIGKILL");
    await Promise.all([...this.#running].map(({ done }) => done));
    await killTmuxServer(this.tmux_socket);
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Finished turns that a rollout file tells of. */
export function turnsOf(path: string): number {
  return readFileSync(path, "utf8").split('"task_complete"').length - 1;
}
