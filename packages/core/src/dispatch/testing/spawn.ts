import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { World } from "../../testing/world.ts";

export interface ProcessRequest {
  action: "run" | "watch" | "take" | "continue";
  input: Record<string, unknown>;
  /** Where the process is to die. */
  abort_at?: string;
  tmux_socket?: string;
  /** How far its clock is ahead of the machine's, in milliseconds; may be negative. */
  clock_ahead_ms?: number;
  /** Whether it reads rollouts. Default: it does not. */
  ingest?: boolean;
  /** Further environment. */
  env?: Record<string, string>;
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The printed document, if there is one; `error_code` when it failed. */
  document: Record<string, unknown> | undefined;
}

export interface Started {
  child: ChildProcess;
  /** Resolves when it has opened the ledger and begins. */
  begun: Promise<void>;
  /** Resolves when it has said this on stderr. */
  says(word: "begun" | "result" | "ending"): Promise<void>;
  ended: Promise<Ended>;
}

/** Start a dispatcher or consumer on the world's ledger as a process of its own. */
export function startProcess(world: World, { abort_at, env, ...request }: ProcessRequest): Started {
  const script = fileURLToPath(new URL("./dispatch-process.ts", import.meta.url));
  const { ledger_path: path, state_root: root } = world.ctx.settings;
  const child = spawn(process.execPath, ["--import", "tsx", script, JSON.stringify({ path, root, ...request })], {
    env: { ...process.env, ...env, CONVEYOR_ABORT_AT: abort_at },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code, signal) => {
      resolve({ code, signal, document: output === "" ? undefined : (JSON.parse(output) as Record<string, unknown>) });
    });
  });
  const lines = createInterface({ input: child.stderr });
  const said = new Set<string>();
  const waiting = new Map<string, () => void>();
  lines.on("line", (line) => {
    said.add(line);
    waiting.get(line)?.();
  });
  const says = (word: string) =>
    said.has(word) ? Promise.resolve() : new Promise<void>((resolve) => waiting.set(word, resolve));
  return { child, begun: says("begun"), says, ended };
}
