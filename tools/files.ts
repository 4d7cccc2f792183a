import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** The first line of every module that is made from the contracts. */
export const HEADER = "// Generated from the contracts by tools/. Do not edit.\n";

/** Several test files may generate at once: a reader sees the old file or the new one, never half of one. */
export function writeIfChanged(file: string, text: string): void {
  try {
    if (readFileSync(file, "utf8") === text) return;
  } catch {
    // A file that is not there yet is written.
  }
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, text);
  renameSync(temporary, file);
}
