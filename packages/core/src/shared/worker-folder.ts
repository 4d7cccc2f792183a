import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Names of the folder-based commands; anything else could lead out of the state root (spec 01 §4.7). */
const FOLDER_NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** The folder of a worker of the folder-based commands, null when there is none (spec 01 §7). */
export function workerFolder(state_root: string, name: string): string | null {
  const folder = join(state_root, name);
  return FOLDER_NAME.test(name) && existsSync(join(folder, "config.json")) ? folder : null;
}

/** What a worker's `config.json` says of it; null when there is none or it is damaged. */
export function workerConfig(state_root: string, name: string): Record<string, unknown> | null {
  const folder = workerFolder(state_root, name);
  if (folder === null) return null;
  try {
    const value: unknown = JSON.parse(readFileSync(join(folder, "config.json"), "utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/**
 * Add a line to a worker's event file (spec 07 §7.3); does nothing when the worker has no folder. The facts must be free
 * of content.
 */
export function appendWorkerEvent(
  state_root: string,
  name: string,
  event: { time: string; type: string } & Record<string, unknown>,
): void {
  const folder = workerFolder(state_root, name);
  if (folder === null) return;
  appendFileSync(join(folder, "events.jsonl"), `${JSON.stringify(event)}\n`, { mode: 0o600 });
}

/** The events of a worker's event file, oldest first; lines that are no objects are passed over. */
export function workerEvents(state_root: string, name: string): Record<string, unknown>[] {
  const folder = workerFolder(state_root, name);
  if (folder === null || !existsSync(join(folder, "events.jsonl"))) return [];
  return readFileSync(join(folder, "events.jsonl"), "utf8").split("\n").flatMap(objectOf);
}

function objectOf(line: string): Record<string, unknown>[] {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? [value as Record<string, unknown>] : [];
  } catch {
    return [];
  }
}
