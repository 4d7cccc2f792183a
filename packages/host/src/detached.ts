import { spawn } from "node:child_process";
import { chmodSync, closeSync, mkdirSync, openSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { Env } from "./environment.ts";

/** A log longer than this is put aside when a program starts, in bytes; one older log is kept. */
const MOST_LOG_BYTES = 1024 * 1024;

export interface DetachedRequest {
  /** Program and arguments; no shell. */
  argv: readonly string[];
  /** File that stdout and stderr are appended to, readable by its owner only. */
  log: string;
  cwd: string;
  /** The whole environment of the program. */
  env: Env;
}

export interface DetachedProcess {
  pid: number;
  /** How it ended, as long as this process watches; undefined while it runs. */
  ended(): string | undefined;
}

/**
 * Start a program that outlives this one: a process group of its own, no input, its output in a log. Throws
 * `side_effect_failed` when it cannot be started.
 */
export async function startDetached(request: DetachedRequest): Promise<DetachedProcess> {
  const [program = "", ...args] = request.argv;
  const output = openLog(request.log);
  const child = spawn(program, args, {
    cwd: request.cwd,
    env: { ...request.env },
    stdio: ["ignore", output, output],
    detached: true,
  });
  closeSync(output);
  let end: string | undefined;
  child.on("exit", (code, signal) => {
    end = signal ?? `exit code ${code}`;
  });
  try {
    await new Promise<void>((resolve, reject) => child.once("spawn", resolve).once("error", reject));
  } catch (cause) {
    throw new ConveyorError("side_effect_failed", `${program} could not be started`, { details: { program }, cause });
  }
  child.on("error", () => {});
  child.unref();
  return { pid: child.pid as number, ended: () => end };
}

function openLog(path: string): number {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const found = statSync(path, { throwIfNoEntry: false });
  if (found !== undefined && found.size > MOST_LOG_BYTES) renameSync(path, `${path}.1`);
  const file = openSync(path, "a", 0o600);
  chmodSync(path, 0o600);
  return file;
}
