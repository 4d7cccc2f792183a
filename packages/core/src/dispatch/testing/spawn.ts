import { type ChildProcess, spawn } from "node:child_process";
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
  const begun = new Promise<void>((resolve) => child.stderr.once("data", () => resolve()));
  return { child, begun, ended };
}
