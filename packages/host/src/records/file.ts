import { readSync } from "node:fs";
import { ConveyorError } from "@conveyor/contracts/errors";
import { openRegular } from "@conveyor/files";

export interface OpenRollout {
  fd: number;
  /** Size in bytes when it was opened. */
  size: number;
}

/** Open a rollout for reading. Throws `rollout_missing` or `rollout_unreadable` (spec 02 §8.1); the caller closes it. */
export function openRollout(path: string): OpenRollout {
  try {
    const { file, stats } = openRegular(path);
    return { fd: file, size: stats.size };
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
  const { code, message } = error as NodeJS.ErrnoException;
  // A socket cannot be opened at all; a pipe or a device can, and is then recognised.
  const why = code === "NOT_A_FILE" || code === "ENXIO" ? "it is not a file" : message;
  return unreadable(path, why, error);
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
