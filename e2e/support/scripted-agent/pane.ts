import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { waitUntil } from "./wait.ts";

const run = promisify(execFile);
const TMUX_LIMIT_MS = 5_000;
/** Between a paste and its Enter: the agent would take a faster Enter for a part of the paste (spec 02 §6). */
const BEFORE_ENTER_MS = 150;

/** What to start in a new tmux session of a private server. */
export type PaneStart = {
  tmux_socket: string;
  session: string;
  cwd: string;
  argv: string[];
  env?: Record<string, string>;
  columns?: number;
  rows?: number;
};

/** One pane on a private tmux server (`tmux -L`), driven as a person or a supervisor would drive it. */
export class Pane {
  readonly tmux_socket: string;
  readonly session: string;
  readonly pane_id: string;
  readonly pid: number;

  private constructor(start: PaneStart, paneId: string, pid: number) {
    this.tmux_socket = start.tmux_socket;
    this.session = start.session;
    this.pane_id = paneId;
    this.pid = pid;
  }

  /** Start the argv (no shell between) in a detached session. Rejects when tmux refuses or takes longer than 5 s. */
  static async start(start: PaneStart): Promise<Pane> {
    const size = ["-x", String(start.columns ?? 120), "-y", String(start.rows ?? 50)];
    const env = Object.entries(start.env ?? {}).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
    const command = ["new-session", "-d", "-P", "-F", "#{pane_id} #{pane_pid}", "-s", start.session, ...size];
    const { stdout } = await run(
      "tmux",
      ["-L", start.tmux_socket, ...command, "-c", start.cwd, ...env, ...start.argv],
      {
        timeout: TMUX_LIMIT_MS,
      },
    );
    const [paneId, pid] = stdout.trim().split(" ");
    if (paneId === undefined || pid === undefined) throw new Error(`tmux told no pane: "${stdout}"`);
    return new Pane(start, paneId, Number(pid));
  }

  /** The visible text; with `lines` that many lines of scrollback above it too. Trailing blank lines are left out. */
  async text({ lines = 0 } = {}): Promise<string> {
    const stdout = await this.#tmux(["capture-pane", "-p", "-S", String(-lines), "-t", this.pane_id]);
    return stdout.trimEnd();
  }

  /** The terminal title that the program set. */
  async title(): Promise<string> {
    return (await this.#tmux(["display-message", "-p", "-t", this.pane_id, "#{pane_title}"])).trim();
  }

  /** Paste as a terminal does (bracketed), without Enter. */
  async paste(text: string): Promise<void> {
    const buffer = `support-${randomUUID()}`;
    await this.#tmux(["load-buffer", "-b", buffer, "-"], text);
    await this.#tmux(["paste-buffer", "-p", "-d", "-b", buffer, "-t", this.pane_id]);
  }

  /** Paste, wait as the agent needs it, press Enter: the correct way to send a message. */
  async submit(text: string): Promise<void> {
    await this.paste(text);
    await new Promise((resolve) => setTimeout(resolve, BEFORE_ENTER_MS));
    await this.keys("Enter");
  }

  /** Type text as unbracketed keystrokes, all at once. */
  async type(text: string): Promise<void> {
    await this.#tmux(["send-keys", "-l", "-t", this.pane_id, "--", text]);
  }

  /** Press keys by their tmux names (`Enter`, `Escape`, `C-c`, `Down`, `y`), in one go. */
  async keys(...names: string[]): Promise<void> {
    await this.#tmux(["send-keys", "-t", this.pane_id, ...names]);
  }

  /** Wait until the visible text matches. Rejects after the limit, with the last text in the message. */
  async waitForText(pattern: RegExp, limitMs = 10_000): Promise<string> {
    let last = "";
    await waitUntil(
      async () => {
        last = await this.text();
        return pattern.test(last);
      },
      { limit_ms: limitMs, what: () => `${pattern} in the pane, which shows:\n${last}` },
    );
    return last;
  }

  /** True while the program in the pane runs. One that has ended and only waits to be collected does not run. */
  isAlive(): boolean {
    try {
      process.kill(this.pid, 0);
    } catch {
      return false;
    }
    const stat = `/proc/${this.pid}/stat`;
    return !(existsSync(stat) && /\) [ZX] /.test(readFileSync(stat, "utf8")));
  }

  /** End the session and wait until its program is gone. */
  async stop(): Promise<void> {
    await this.#tmux(["kill-session", "-t", `=${this.session}`]).catch(() => undefined);
    await waitUntil(async () => !this.isAlive(), { what: () => `the end of process ${this.pid}` });
  }

  #tmux(args: string[], input?: string): Promise<string> {
    const promise = run("tmux", ["-L", this.tmux_socket, ...args], { timeout: TMUX_LIMIT_MS });
    if (input !== undefined) promise.child.stdin?.end(input);
    return promise.then(({ stdout }) => stdout);
  }
}

/** End a private tmux server with everything in it. */
export async function killTmuxServer(socket: string): Promise<void> {
  await run("tmux", ["-L", socket, "kill-server"], { timeout: TMUX_LIMIT_MS }).catch(() => undefined);
}
