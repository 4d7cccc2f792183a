import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A folder of the older worker commands, with what its worker last said about itself. */
export interface LegacyFolder {
  name: string;
  config_path: string;
  status: Record<string, unknown> | null;
}

/** The worker folders below a state root, by name (spec 07 §7.3). A missing state root has none. */
export function legacyFolders(state_root: string): LegacyFolder[] {
  return namesIn(state_root)
    .map((name) => ({ name, config_path: join(state_root, name, "config.json") }))
    .filter(({ config_path }) => existsSync(config_path))
    .map((folder) => ({ ...folder, status: readObject(join(state_root, folder.name, "status.json")) }));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function readObject(path: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
