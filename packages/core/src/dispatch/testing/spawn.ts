import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { World } from "../../testing/world.ts";

export interface ProcessRequest {
  action: "run" | "watch" | "take";
  input: Record<string, unknown>;
  /** Where the process is to die. */
  abort_at?: string;
  tmux_socket?: string;
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The printed document, if there is one. */
  document: Record<string, unknown> | undefined;
}

/** Start a dispatcher or consumer on the world's ledger as a process of its own. */
export function startProcess(world: World, request: ProcessRequest): { child: ChildProcess; ended: Promise<Ended> } {
  const script = fileURLToPath(new URL("./dispatch-process.ts", import.meta.url));
  const { ledger_path: path, state_root: root } = world.ctx.settings;
  const child = spawn(process.execPath, ["--import", "tsx", script, JSON.stringify({ path, root, ...request })], {
    env: { ...process.env, CONVEYOR_ABORT_AT: request.abort_at },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code, signal) => {
      resolve({ code, signal, document: output === "" ? undefined : (JSON.parse(output) as Record<string, unknown>) });
    });
  });
  return { child, ended };
}
