import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** How far above its modules, at most, an installation keeps its programs. */
const MOST_LEVELS = 6;

/** How the `conveyor` of the installation that this module belongs to is run; empty when it is not found. */
export function ownProgram(): readonly string[] {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let level = 0; level < MOST_LEVELS; level += 1) {
    const program = join(folder, "bin", "conveyor");
    if (existsSync(program)) return [process.execPath, program];
    folder = dirname(folder);
  }
  return [];
}
