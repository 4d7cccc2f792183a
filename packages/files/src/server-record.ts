import { lstatSync, statSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { isOwnAlone } from "./owner.ts";
import { isPid } from "./process-life.ts";
import { readWhole } from "./read.ts";

/** What a running server says about itself in the discovery file. No secret is among it. */
export interface ServerRecord {
  pid: number;
  /** What tells this process from a later one with the same pid; null where the system does not say. */
  pid_started_at: string | null;
  /** Path of the unix socket. */
  socket: string;
  url: string;
  version: string;
  ledger_path: string;
  started_at: string;
  /** Version of the language spoken on the socket. */
  protocol: number;
  /** Whether the server runs the Dispatch loop. */
  dispatch: boolean;
  /** Whether what it answers is on the disk by then. */
  durable: boolean;
}

/** Where the files of a server stand: beside its ledger, one set per state root. */
export function serverFiles(ledger_path: string) {
  const state_root = dirname(ledger_path);
  return {
    state_root,
    discovery: join(state_root, "server.json"),
    token: join(state_root, "server-token"),
    lock: join(state_root, "server.lock"),
    log: join(state_root, "server.log"),
    socket: join(state_root, "server.sock"),
  };
}

/** More than any server ever writes into one of these files. */
const MOST_BYTES = 64 * 1024;

type Check = (value: unknown) => boolean;
const isText: Check = (value) =>
  typeof value === "string" && value !== "" && value.length <= 4096 && !/\p{Cc}/u.test(value);
const isAbsoluteFile: Check = (value) => isText(value) && isAbsolute(value as string);

/** What each field of a discovery file must hold; the files are input, whoever wrote them. */
const RECORD: Readonly<Record<keyof ServerRecord, Check>> = {
  pid: isPid,
  pid_started_at: (value) => value === null || value === undefined || (isText(value) && /^\d+$/.test(value as string)),
  socket: isAbsoluteFile,
  url: (value) => isText(value) && /^https?:\/\/[^/?#@\s]+\/?$/.test(value as string),
  version: isText,
  ledger_path: isAbsoluteFile,
  started_at: isText,
  protocol: (value) => Number.isInteger(value),
  dispatch: (value) => value === undefined || typeof value === "boolean",
  durable: (value) => value === undefined || typeof value === "boolean",
};

/**
 * The text of a small file of the state root that this user alone can have written; undefined when there is none, or when
 * it is a link, no file, too large, or anybody else's.
 */
export function readStateFile(path: string): string | undefined {
  const read = readWhole(path, { most_bytes: MOST_BYTES, links: "refuse" });
  return read.ok && isOwnAlone(read.stats) ? read.text : undefined;
}

/** The JSON object in such a file, if it holds one. */
export function readStateObject(path: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(readStateFile(path) ?? "");
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The record of the server beside this ledger, or undefined when there is none that can be believed. That the file exists
 * proves nothing: only a socket that answers does.
 */
export function readDiscovery(ledger_path: string): ServerRecord | undefined {
  const value = readStateObject(serverFiles(ledger_path).discovery);
  if (value === undefined) return undefined;
  if (!Object.entries(RECORD).every(([field, isFit]) => isFit(value[field]))) return undefined;
  const { pid, socket, url, version, started_at, protocol } = value as unknown as ServerRecord;
  // A copied folder brings the file of another ledger's server along.
  if (value["ledger_path"] !== ledger_path) return undefined;
  const pid_started_at = (value["pid_started_at"] ?? null) as string | null;
  return {
    pid,
    pid_started_at,
    socket,
    url,
    version,
    ledger_path,
    started_at,
    protocol,
    dispatch: value["dispatch"] === true,
    durable: value["durable"] === true,
  };
}

/** Whether this is a socket of this user in a folder where nobody else can have put another one. */
export function isOwnSocket(path: string): boolean {
  try {
    const socket = lstatSync(path);
    // What the socket itself allows is the system's to judge: connecting says whether this process may.
    return socket.isSocket() && isOwnAlone({ uid: socket.uid, mode: 0 }) && isOwnAlone(statSync(dirname(path)));
  } catch {
    return false;
  }
}
