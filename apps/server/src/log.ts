import { appendFileSync, chmodSync, renameSync, statSync } from "node:fs";

/** Takes one line of the server's log. Fields carry names, numbers and codes: no content, no token. */
export type Log = (event: string, fields?: Record<string, string | number | boolean | null>) => void;

/** A log longer than this is put aside, in bytes; one older log is kept. */
const MOST_LOG_BYTES = 1024 * 1024;

/** A log of JSON lines in a file that only its owner reads, rotated by size. A log that cannot be written is given up. */
export function fileLog(path: string): Log {
  return (event, fields = {}) => {
    try {
      rotate(path);
      appendFileSync(path, `${JSON.stringify({ time: new Date().toISOString(), event, ...fields })}\n`, {
        mode: 0o600,
      });
    } catch {
      // A full disk must not end the server.
    }
  };
}

/** Put the log aside as `<path>.1` when it has grown too long. */
export function rotate(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if ((found.mode & 0o077) !== 0) chmodSync(path, 0o600);
  if (found.size > MOST_LOG_BYTES) renameSync(path, `${path}.1`);
}
