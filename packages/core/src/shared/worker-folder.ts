import { isWorkerName, WorkerFolder } from "./worker-files.ts";

/** The folder of a worker of the folder-based commands, null when there is none of this name (spec 01 §7). */
export function workerFolder(state_root: string, name: string): WorkerFolder | null {
  if (!isWorkerName(name)) return null;
  const folder = new WorkerFolder(state_root, name);
  return folder.exists ? folder : null;
}

/** What a worker's `config.json` says of it; null when there is none or it is damaged. */
export function workerConfig(state_root: string, name: string): Record<string, unknown> | null {
  return workerFolder(state_root, name)?.readJson("config.json").value ?? null;
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
  workerFolder(state_root, name)?.appendEvent(event);
}

/** The events of a worker's event file, oldest first; lines that are no objects are passed over. */
export function workerEvents(state_root: string, name: string): Record<string, unknown>[] {
  return (
    workerFolder(state_root, name)
      ?.readEvents()
      .lines.map(({ event }) => event) ?? []
  );
}
