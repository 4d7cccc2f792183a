import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";

/** Folders that never are a source. */
const SKIPPED = new Set(["node_modules", "dist", "generated", ".git"]);

function* filesUnder(path: string): Generator<string> {
  if (!existsSync(path)) return;
  if (!statSync(path).isDirectory()) {
    yield path;
    return;
  }
  for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.isDirectory() ? SKIPPED.has(entry.name) : entry.name.endsWith(".test.ts")) continue;
    yield* filesUnder(join(path, entry.name));
  }
}

/** One hash over names and contents of all files in these places; test files and generated ones do not count. */
export function hashOf(root: string, places: readonly string[]): string {
  const hash = createHash("sha256");
  for (const place of places) {
    for (const file of filesUnder(join(root, place))) {
      const content = readFileSync(file);
      hash.update(`${relative(root, file)}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest("hex");
}
