import { lstatSync, mkdtempSync, renameSync, rmdirSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { makeFolder } from "@conveyor/files";
import { readDiscovery, type ServerRecord, serverFiles } from "@conveyor/sdk/link";

/** Longest path of a unix socket that every system takes, in bytes. */
const LONGEST_SOCKET_PATH = 100;
const PRIVATE_FOLDER_PREFIX = "conveyor-";

/** Make the state root, private if it is new. */
export function prepareStateRoot(state_root: string): void {
  makeFolder(state_root);
}

/** Remove what a server that is gone left behind. Only the holder of the claim may call this. */
export function clearLeftovers(ledger_path: string): void {
  const files = serverFiles(ledger_path);
  const left = readDiscovery(ledger_path);
  remove(files.discovery);
  removeSocket(files.socket);
  if (left !== undefined && isPrivateFolder(dirname(left.socket))) removeSocket(left.socket);
}

/**
 * Where the socket goes: into the state root if that is private and its path short enough, else into a new private
 * folder for temporary files.
 */
export function placeSocket(ledger_path: string): string {
  const { state_root, socket } = serverFiles(ledger_path);
  const isPrivate = (lstatSync(state_root).mode & 0o077) === 0;
  if (isPrivate && Buffer.byteLength(socket) <= LONGEST_SOCKET_PATH) return socket;
  return join(mkdtempSync(join(tmpdir(), PRIVATE_FOLDER_PREFIX)), "server.sock");
}

/** Remove a socket file and the private folder that was made for it. */
export function removeSocket(socket: string): void {
  remove(socket);
  const folder = dirname(socket);
  if (!isPrivateFolder(folder)) return;
  try {
    rmdirSync(folder);
  } catch {
    // Somebody put something else there.
  }
}

/** Say to everybody that this server runs. The file appears whole or not at all. */
export function writeDiscovery(record: ServerRecord): void {
  const { discovery } = serverFiles(record.ledger_path);
  const draft = `${discovery}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, discovery);
}

/** Whether the discovery file still is the one of this server. */
export function isAnnounced(record: ServerRecord): boolean {
  const found = readDiscovery(record.ledger_path);
  return found?.pid === record.pid && found.started_at === record.started_at && found.socket === record.socket;
}

export function removeDiscovery(record: ServerRecord): void {
  if (isAnnounced(record)) remove(serverFiles(record.ledger_path).discovery);
}

function isPrivateFolder(folder: string): boolean {
  return dirname(folder) === tmpdir() && basename(folder).startsWith(PRIVATE_FOLDER_PREFIX);
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Already gone, which is what was wanted.
  }
}
