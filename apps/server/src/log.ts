import { closeSync, writeSync } from "node:fs";
import { maskSecrets } from "@conveyor/core";
import { openLog } from "@conveyor/files";

/** Takes one line of the server's log. Fields carry names, numbers and codes: no content, no token. */
export type Log = (event: string, fields?: Record<string, string | number | boolean | null>) => void;

/**
 * A log of JSON lines in a file that only its owner reads, rotated by size; what looks like a credential is masked (spec 07
 * §7.7.2). A log that cannot be written is given up.
 */
export function fileLog(path: string): Log {
  return (event, fields = {}) => {
    try {
      const file = openLog(path);
      try {
        writeSync(file, `${JSON.stringify(maskSecrets({ time: new Date().toISOString(), event, ...fields }))}\n`);
      } finally {
        closeSync(file);
      }
    } catch {
      // A full disk must not end the server.
    }
  };
}
