import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { normalised } from "./normalise.ts";

/** Where two recordings differ: a file that only one has, or lines that are not the same. */
export interface Difference {
  file: string;
  /** `-` lines are the first recording's, `+` lines the second's. */
  lines: string[];
}

/** The differences between two recordings, by file. */
export function compare(before: string, after: string): Difference[] {
  const files = [...new Set([...filesOf(before), ...filesOf(after)])].sort();
  return files.flatMap((file) => {
    const [old, now] = [read(before, file), read(after, file)];
    if (old === now) return [];
    if (old === undefined) return [{ file, lines: ["+ only in the second recording"] }];
    if (now === undefined) return [{ file, lines: ["- only in the first recording"] }];
    return [{ file, lines: changed(old.split("\n"), now.split("\n")) }];
  });
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".txt"));
}

function read(folder: string, file: string): string | undefined {
  try {
    // Rules that came after the recording was made hold for it as well.
    return normalised(readFileSync(join(folder, file), "utf8"));
  } catch {
    return undefined;
  }
}

/** The lines that were taken away and added, by the longest common sequence. */
function changed(old: readonly string[], now: readonly string[]): string[] {
  const start = commonStart(old, now);
  const end = commonStart(old.slice(start).toReversed(), now.slice(start).toReversed());
  const [a, b] = [old.slice(start, old.length - end), now.slice(start, now.length - end)];
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  const at = (i: number, j: number) => lengths[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    const row = lengths[i] as Uint32Array;
    for (let j = b.length - 1; j >= 0; j -= 1) {
      row[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) {
      lines.push(`- ${a[i]}`);
      i += 1;
    } else {
      lines.push(`+ ${b[j]}`);
      j += 1;
    }
  }
  return lines;
}

function commonStart(a: readonly string[], b: readonly string[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1;
  return length;
}
