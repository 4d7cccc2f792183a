import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { ConveyorError } from "@conveyor/contracts/errors";

export interface OpenRollout {
  fd: number;
  /** Size in bytes when it was opened. */
  size: number;
}

/** Open a rollout for reading. Throws `rollout_missing` or `rollout_unreadable` (spec 02 §8.1); the caller closes it. */
export function openRollout(path: string): OpenRollout {
  try {
    // Opening a pipe would wait for its writer for ever, so look before opening.
    if (!statSync(path).isFile()) throw unreadable(path, "it is not a file");
    const fd = openSync(path, "r");
    try {
      return { fd, size: fstatSync(fd).size };
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  } catch (error) {
    throw rolloutError(path, error);
  }
}

/**
 * Fill `target` from `position` on and return how many bytes there were, fewer than asked for only at the end of the
 * file. Throws `rollout_unreadable`.
 */
export function readFully(fd: number, path: string, target: Uint8Array, position: number): number {
  let filled = 0;
  try {
    while (filled < target.length) {
      const read = readSync(fd, target, filled, target.length - filled, position + filled);
      if (read === 0) break;
      filled += read;
    }
  } catch (error) {
    throw rolloutError(path, error);
  }
  return filled;
}

function rolloutError(path: string, error: unknown): ConveyorError {
  if (error instanceof ConveyorError) return error;
  if (isMissing(error)) {
    return new ConveyorError("rollout_missing", `there is no rollout at ${path}`, {
      hint: "check that the agent's session still exists, or register it again with the right path",
      details: { path },
      cause: error,
    });
  }
  return unreadable(path, error instanceof Error ? error.message : String(error), error);
}

function unreadable(path: string, why: string, cause?: unknown): ConveyorError {
  return new ConveyorError("rollout_unreadable", `the rollout ${path} cannot be read: ${why}`, {
    hint: "check the permissions of the file and of the folders above it",
    details: { path },
    cause,
  });
}

/** Whether a file system call failed because nothing is there. */
export function isMissing(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ENOENT" || code === "ENOTDIR";
}
