import { ConveyorError } from "@conveyor/contracts/errors";
import { environmentFor } from "../environment.ts";
import { exec } from "../exec.ts";
import type { TmuxClient } from "./client.ts";
import { tmuxNotRun } from "./failures.ts";
import { type AttachedTerminal, TERMINAL_CELLS, type TerminalSize } from "./types.ts";

interface PseudoTerminal {
  onData(listener: (data: unknown) => void): unknown;
  onExit(listener: () => void): unknown;
  write(data: string | Buffer): void;
  resize(cols: number, rows: number): void;
  pause(): void;
  resume(): void;
  kill(signal?: string): void;
}

/** The library's own types say that output is text; without an encoding it is bytes. */
type Spawn = (
  file: string,
  args: readonly string[],
  options: {
    name: string;
    cols: number;
    rows: number;
    env: Readonly<Record<string, string | undefined>>;
    encoding: null;
  },
) => PseudoTerminal;

/**
 * Attach to a session of exactly this name in a pseudo-terminal. The size of this client counts only while nobody else is
 * attached, so that looking on does not squeeze somebody's own window. Throws `unsupported_platform` where the library
 * for pseudo-terminals does not load, `tool_missing`, and the codes of tmux.
 */
export async function attachIn(client: TmuxClient, session: string, size: TerminalSize): Promise<AttachedTerminal> {
  const spawn = await loadSpawn();
  const { binary = "tmux", socket_path, socket_name, config_file } = client.options;
  const server = [
    ...(config_file === undefined ? [] : ["-f", config_file]),
    ...(socket_path !== undefined ? ["-S", socket_path] : socket_name === undefined ? [] : ["-L", socket_name]),
  ];
  // A client inside of tmux refuses to attach; this one has a terminal of its own.
  const { TMUX: _outer, TMUX_PANE: _pane, ...own } = environmentFor(client.env, "tmux");
  const [command, ...args] = [binary, "-u", ...server, ...["attach-session", "-f", "ignore-size", "-t", `=${session}`]];
  // The library throws nothing for a program that is not there; tmux was asked for the session before, so it is.
  await exec([binary, "-V"], { env: own }).catch((thrown: unknown) => {
    throw tmuxNotRun("attach-session", thrown);
  });
  const env = { ...own, TERM: "xterm-256color", COLORTERM: "truecolor" };
  const terminal = spawn(command as string, args, { name: env.TERM, ...bounded(size), env, encoding: null });
  let ended = false;
  terminal.onExit(() => {
    ended = true;
  });
  const ifOpen = (work: () => void) => {
    if (ended) return;
    try {
      work();
    } catch {
      // It ended a moment ago; that is told separately.
    }
  };
  return {
    onOutput: (listener) => void terminal.onData((data) => listener(Buffer.from(data as Buffer))),
    onEnd: (listener) => void terminal.onExit(listener),
    write: (bytes) => ifOpen(() => terminal.write(bytes)),
    resize: (next) => {
      const { cols, rows } = bounded(next);
      ifOpen(() => terminal.resize(cols, rows));
    },
    pause: () => ifOpen(() => terminal.pause()),
    resume: () => ifOpen(() => terminal.resume()),
    close: () => ifOpen(() => terminal.kill("SIGHUP")),
  };
}

function bounded({ cols, rows }: TerminalSize): TerminalSize {
  const { least, most } = TERMINAL_CELLS;
  const within = (cells: number) => Math.min(most, Math.max(least, Math.trunc(cells)));
  return { cols: within(cols), rows: within(rows) };
}

async function loadSpawn(): Promise<Spawn> {
  try {
    const library = (await import("@lydell/node-pty")) as unknown as { spawn: Spawn };
    return library.spawn;
  } catch (cause) {
    throw new ConveyorError("unsupported_platform", "terminals cannot be shown in the page on this machine", {
      hint: "install Conveyor with its optional dependencies, or look into the session with `conveyor attach`",
      details: { platform: process.platform, arch: process.arch },
      cause,
    });
  }
}
