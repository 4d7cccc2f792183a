import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

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

const TEXT_FIELDS = ["socket", "url", "version", "ledger_path", "started_at"] as const;

/**
 * The record of the server beside this ledger, or undefined when there is none that can be read. That the file exists
 * proves nothing: only a socket that answers does.
 */
export function readDiscovery(ledger_path: string): ServerRecord | undefined {
  let value: Partial<ServerRecord> | null;
  try {
    value = JSON.parse(readFileSync(serverFiles(ledger_path).discovery, "utf8"));
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  if (TEXT_FIELDS.some((field) => typeof value[field] !== "string")) return undefined;
  if (!Number.isInteger(value.pid) || !Number.isInteger(value.protocol)) return undefined;
  return { ...value, pid_started_at: value.pid_started_at ?? null, dispatch: value.dispatch === true } as ServerRecord;
}

/**
 * A text that two processes with the same pid do not share: the start time in kernel ticks. Null when the process is
 * gone or the system does not tell it cheaply.
 */
export function processStartMark(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The program's name stands in parentheses and may itself contain blanks and parentheses.
    const afterName = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return afterName[19] ?? null;
  } catch {
    return null;
  }
}

/** Whether the process that wrote the record still runs. A pid that went to another process counts as gone. */
export function isProcessAlive(record: Pick<ServerRecord, "pid" | "pid_started_at">): boolean {
  try {
    process.kill(record.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const mark = processStartMark(record.pid);
  return record.pid_started_at === null || mark === null || mark === record.pid_started_at;
}
