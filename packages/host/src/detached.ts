import { spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { dirname } from "node:path";
import type { Env } from "@conveyor/contracts/env";
import { ConveyorError } from "@conveyor/contracts/errors";
import { makeFolder, openLog } from "@conveyor/files";

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
  const output = openOutput(request.log);
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

function openOutput(path: string): number {
  try {
    makeFolder(dirname(path));
    return openLog(path);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? "unknown reason";
    throw new ConveyorError("side_effect_failed", `the log ${path} cannot be written (${reason})`, {
      hint: "look at what stands there: a link, or anything but a file, is not written to",
      details: { path, reason },
      cause,
    });
  }
}
