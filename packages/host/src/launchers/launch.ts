import { spawn } from "node:child_process";
import type { Env } from "@conveyor/contracts/env";
import { ConveyorError } from "@conveyor/contracts/errors";
import { environmentFor } from "../environment.ts";

/** A program that cannot open its window ends soon; one that is still there after this time has opened it. */
const EARLY_END_MS = 1_000;

/**
 * Start a program that opens a window and outlives us. Resolves when it has ended well or still runs after a moment.
 * Throws `side_effect_failed` when it cannot be started or ends with an error.
 */
export function launchWindow(argv: readonly string[], env: Env): Promise<void> {
  const [program = "", ...args] = argv;
  return new Promise((resolve, reject) => {
    const fail = (reason: string, cause?: unknown) =>
      reject(
        new ConveyorError("side_effect_failed", `${program} could not open a window: ${reason}`, {
          hint: "attach by hand with the command that --dry-run shows",
          details: { program },
          cause,
        }),
      );
    const child = spawn(program, args, {
      detached: true,
      stdio: "ignore",
      env: environmentFor(env, "window") as NodeJS.ProcessEnv,
    });
    const timer = setTimeout(() => {
      child.unref();
      resolve();
    }, EARLY_END_MS);
    child.once("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      fail(error.code === "ENOENT" ? "there is no such program" : (error.code ?? error.message), error);
    });
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve();
      else fail(signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`);
    });
  });
}
