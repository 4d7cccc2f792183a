import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeManifest } from "../../../../tools/cli/manifest.ts";
import type { Io, OutputStream } from "../io.ts";

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

interface Surroundings {
  env?: Record<string, string>;
  stdin?: string;
  /** Both outputs are a terminal of this many columns. */
  terminal?: number;
  invoked?: string;
  signal?: AbortSignal;
  /** A person who answers at these streams. */
  prompts?: Io["prompts"];
}

/** A command line in a folder of its own, run in this process. */
export interface World {
  folder: string;
  cli(...argv: string[]): Promise<Ran>;
  cliIn(surroundings: Surroundings, ...argv: string[]): Promise<Ran>;
  remove(): void;
}

function capture(columns: number | undefined): OutputStream & { text: string } {
  return {
    text: "",
    isTerminal: columns !== undefined,
    columns: columns ?? 80,
    async write(text) {
      this.text += text;
    },
  };
}

/** A fresh folder with no ledger in it. The description of the commands is brought up to date first. */
export async function makeWorld(): Promise<World> {
  writeManifest();
  const { runCommandLine: run } = await import("../run.ts");
  const folder = mkdtempSync(join(tmpdir(), "conveyor-cli-"));
  const cliIn = async (around: Surroundings, ...argv: string[]): Promise<Ran> => {
    const stdout = capture(around.terminal);
    const stderr = capture(around.terminal);
    const io: Io = {
      env: {
        HOME: folder,
        PATH: process.env["PATH"],
        CONVEYOR_STATE_ROOT: join(folder, "state"),
        CONVEYOR_CHECK_ANSWERS: "1",
        ...around.env,
      },
      cwd: folder,
      home: folder,
      invoked: around.invoked ?? "/opt/conveyor/bin/conveyor",
      stdout,
      stderr,
      readStdin: async () => around.stdin ?? "",
      prompts: around.prompts,
      signal: around.signal ?? new AbortController().signal,
    };
    const code = await run(argv, io);
    return { code, stdout: stdout.text, stderr: stderr.text };
  };
  return {
    folder,
    cliIn,
    cli: (...argv) => cliIn({}, ...argv),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
