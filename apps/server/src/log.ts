import { closeSync, lstatSync, renameSync, writeSync } from "node:fs";
import { appendPrivately } from "@conveyor/files";

/** Takes one line of the server's log. Fields carry names, numbers and codes: no content, no token. */
export type Log = (event: string, fields?: Record<string, string | number | boolean | null>) => void;

/** A log longer than this is put aside, in bytes; one older log is kept. */
const MOST_LOG_BYTES = 1024 * 1024;

/** A log of JSON lines in a file that only its owner reads, rotated by size. A log that cannot be written is given up. */
export function fileLog(path: string): Log {
  return (event, fields = {}) => {
    try {
      const file = openLog(path);
      try {
        writeSync(file, `${JSON.stringify({ time: new Date().toISOString(), event, ...fields })}\n`);
      } finally {
        closeSync(file);
      }
    } catch {
      // A full disk must not end the server.
    }
  };
}

/**
 * Open the log to append to, after putting one that has grown too long aside as `<path>.1`. Throws the error of the system,
 * also for a link or a FIFO in its place. The caller closes it.
 */
export function openLog(path: string): number {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isFile() === true && found.size > MOST_LOG_BYTES) renameSync(path, `${path}.1`);
  return appendPrivately(path);
}
