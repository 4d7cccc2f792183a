import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exec } from "../exec.ts";
import type { ExpectedAgent } from "../processes/agent-proof.ts";
import { createTmux } from "./index.ts";
import type { StartedPane, Tmux, TmuxOptions } from "./types.ts";

/** The process that reads the keyboard of the pane, unless it is a zombie. For tests only. */
export const anybody: ExpectedAgent = { process: null, isProgram: () => true };

/** A tmux server of its own for one test file, with a folder to work in. For tests only. */
export interface PrivateTmux {
  tmux: Tmux;
  options: TmuxOptions;
  folder: string;
  /** Run tmux by hand on the same server; returns stdout. */
  raw(...args: string[]): Promise<string>;
  /** Start a session and wait until the program in it shows `shows`. */
  run(session: string, argv: readonly string[], shows?: string): Promise<StartedPane>;
  /** End the server and remove the folder. */
  close(): Promise<void>;
}

/**
 * Nothing of the user's configuration or of a tmux we may run inside reaches the tests. `more` stands in the environment
 * of whoever calls tmux.
 */
export async function privateTmux(more: Readonly<Record<string, string>> = {}): Promise<PrivateTmux> {
  const folder = await mkdtemp(join(tmpdir(), "cv-"));
  const { TMUX: _tmux, TMUX_PANE: _pane, ...env } = process.env;
  const options: TmuxOptions = {
    socket_name: `conveyor-test-${randomBytes(3).toString("hex")}`,
    config_file: "/dev/null",
    // tmux never removes its socket; in our folder it goes with the folder. Its path may have about 100 characters.
    env: { ...env, ...more, TMUX_TMPDIR: folder },
  };
  const tmux = createTmux(options);

  async function raw(...args: string[]): Promise<string> {
    const argv = ["tmux", "-u", "-f", "/dev/null", "-L", options.socket_name ?? "", ...args];
    return (await exec(argv, { env: options.env })).stdout;
  }

  return {
    tmux,
    options,
    folder,
    raw,
    async run(session, argv, shows) {
      const started = await tmux.start({ session, cwd: folder, argv });
      if (shows !== undefined) await until(async () => (await tmux.capture({ session }, 0)).includes(shows));
      return started;
    },
    async close() {
      await raw("kill-server");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Wait until `holds` does, at most 10 s. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error("it did not happen within 10 s");
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Write an executable script and return its path. */
export async function script(folder: string, name: string, lines: readonly string[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `${lines.join("\n")}\n`);
  await chmod(path, 0o755);
  return path;
}

/**
 * A node program that stands in for an agent's terminal program: it asks for bracketed paste, appends every byte it
 * reads to a file, and shows a composer line that Enter empties.
 */
export function recorder(log: string, prompt = "ready>"): string[] {
  const program = `
    const fs = require("node:fs");
    process.stdin.setRawMode(true);
    process.stdout.write("\\u001b[?2004h\\u001b]2;recorder\\u0007${prompt}");
    process.stdin.on("data", (bytes) => {
      fs.appendFileSync(${JSON.stringify(log)}, bytes);
      const text = bytes.toString("utf8").replace(/\\u001b\\[20[01]~/g, "");
      if (text.endsWith("\\r")) process.stdout.write("\\r\\nsubmitted\\r\\n${prompt}");
      else process.stdout.write(text.slice(0, 40).replace(/[^ -~]/g, "."));
    });
  `;
  return [process.execPath, "-e", program];
}
