import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { World } from "../../testing/world.ts";

/**
 * A `tmux` for another process's PATH that stops before one of its commands until it is let through. Longer than the
 * time limit of a tmux call (5 s) nobody waits for it.
 */
export class GatedTmux {
  /** For the environment of the process. */
  readonly env: Record<string, string>;
  readonly #gate: string;
  readonly #arrived: string;

  private constructor(world: World, tmux: string, command: string) {
    const folder = join(world.root, `gated-${command}`);
    mkdirSync(folder);
    this.#gate = join(folder, "closed");
    this.#arrived = join(folder, "arrived");
    writeFileSync(this.#gate, "");
    const script = [
      "#!/bin/sh",
      `case " $* " in *" ${command} "*) : > '${this.#arrived}'; while [ -e '${this.#gate}' ]; do sleep 0.02; done;; esac`,
      `exec '${tmux}' "$@"`,
    ];
    writeFileSync(join(folder, "tmux"), `${script.join("\n")}\n`);
    chmodSync(join(folder, "tmux"), 0o755);
    this.env = { PATH: [folder, process.env["PATH"] ?? ""].join(delimiter) };
  }

  /** Stops before `load-buffer`: nothing has happened yet; or before `paste-buffer`: that it happens is recorded. */
  static async before(world: World, command: "load-buffer" | "paste-buffer"): Promise<GatedTmux> {
    const tmux = await world.host.processes.findExecutable("tmux");
    if (tmux === null) throw new Error("these tests need tmux");
    return new GatedTmux(world, tmux, command);
  }

  /** Resolves when a process stands before the gate. */
  async reached(): Promise<void> {
    while (!existsSync(this.#arrived)) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  open(): void {
    rmSync(this.#gate, { force: true });
  }
}
