import { lstatSync, mkdtempSync, realpathSync, rmdirSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { Env } from "@conveyor/contracts/env";
import { ConveyorError } from "@conveyor/contracts/errors";
import { assertOwnRoot, makeFolder, readDiscovery, replaceFile, type ServerRecord, serverFiles } from "@conveyor/files";

/** Longest path of a unix socket that every system takes, in bytes. */
const LONGEST_SOCKET_PATH = 100;
const PRIVATE_FOLDER_PREFIX = "conveyor-";
const SOCKET_NAME = "server.sock";

/**
 * Make the state root, private if it is new; of one that exists see that it is ours alone. Returns what was closed to other
 * users. Throws `foreign_ledger`, `state_root_unwritable`.
 */
export function prepareStateRoot(ledger_path: string): string[] {
  const { state_root } = serverFiles(ledger_path);
  try {
    makeFolder(state_root);
  } catch (cause) {
    throw unwritable(state_root, cause);
  }
  return assertOwnRoot(ledger_path);
}

/** The error for a file or folder of a state root that the system refuses to write. */
export function unwritable(path: string, cause: unknown): ConveyorError {
  const reason = (cause as NodeJS.ErrnoException).code ?? "unknown reason";
  return new ConveyorError("state_root_unwritable", `${path} cannot be written (${reason})`, {
    hint: "look at what stands there, at its permissions and at the space on the disk, or name another ledger with --path FILE",
    details: { path, reason },
    cause,
  });
}

/** Remove what a server that is gone left behind. Only the holder of the claim may call this. */
export function clearLeftovers(ledger_path: string): void {
  const files = serverFiles(ledger_path);
  const left = readDiscovery(ledger_path);
  remove(files.discovery);
  removeSocket(files.socket);
  const isOther = left !== undefined && left.socket !== files.socket && basename(left.socket) === SOCKET_NAME;
  if (isOther && isPrivateFolder(dirname(left.socket))) removeSocket(left.socket);
}

/**
 * Where the socket goes: into the state root if that is private and its path short enough, else into a new private folder
 * for files that live as long as this session of the user. Throws `invalid_input` when no such folder will do.
 */
export function placeSocket(ledger_path: string, env: Env = process.env): string {
  const { state_root, socket } = serverFiles(ledger_path);
  const isPrivate = (lstatSync(state_root).mode & 0o077) === 0;
  if (isPrivate && Buffer.byteLength(socket) <= LONGEST_SOCKET_PATH) return socket;
  const tried: string[] = [];
  for (const base of temporaryFolders(env)) {
    const length = Buffer.byteLength(join(base, `${PRIVATE_FOLDER_PREFIX}XXXXXX`, SOCKET_NAME));
    if (length > LONGEST_SOCKET_PATH) tried.push(`${base} (path too long)`);
    else {
      try {
        return join(mkdtempSync(join(base, PRIVATE_FOLDER_PREFIX)), SOCKET_NAME);
      } catch (error) {
        tried.push(`${base} (${(error as NodeJS.ErrnoException).code})`);
      }
    }
  }
  throw new ConveyorError("invalid_input", `there is no folder for the server's socket: ${tried.join(", ")}`, {
    hint: "set TMPDIR to a folder that you can write to and whose name is short",
    details: { tried },
  });
}

function temporaryFolders(env: Env): string[] {
  const named = [env["XDG_RUNTIME_DIR"], tmpdir(), "/tmp"].filter((folder) => folder?.startsWith("/") === true);
  return [...new Set(named as string[])];
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
  try {
    replaceFile(discovery, `${JSON.stringify(record, null, 2)}\n`);
  } catch (cause) {
    throw unwritable(discovery, cause);
  }
}

/** Whether the discovery file still is the one of this server. */
function isAnnounced(record: ServerRecord): boolean {
  const found = readDiscovery(record.ledger_path);
  return found?.pid === record.pid && found.started_at === record.started_at && found.socket === record.socket;
}

/**
 * Whether nobody can find this server any more: its discovery file is gone, or is another's. A file that cannot be read
 * at the moment, as when no descriptor is left, proves neither.
 */
export function isLost(record: ServerRecord): boolean {
  if (isAnnounced(record)) return false;
  return isMissing(serverFiles(record.ledger_path).discovery) || readDiscovery(record.ledger_path) !== undefined;
}

function isMissing(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) === undefined;
  } catch {
    return false;
  }
}

export function removeDiscovery(record: ServerRecord): void {
  if (isAnnounced(record)) remove(serverFiles(record.ledger_path).discovery);
}

/** Whether this is a folder that a server made for its socket: known by name, place and owner, as its record is only input. */
function isPrivateFolder(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true || !basename(folder).startsWith(PRIVATE_FOLDER_PREFIX)) return false;
  if ((found.mode & 0o077) !== 0 || found.uid !== process.geteuid?.()) return false;
  return temporaryFolders(process.env).some((base) => base === dirname(folder) || real(base) === dirname(folder));
}

function real(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Already gone, which is what was wanted.
  }
}
