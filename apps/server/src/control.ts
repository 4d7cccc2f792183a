import { setTimeout as sleep } from "node:timers/promises";
import { ConveyorError } from "@conveyor/contracts/errors";
import { assertOwnRoot } from "@conveyor/files";
import {
  isProcessAlive,
  PROTOCOL,
  readDiscovery,
  type ServerRecord,
  SocketConnection,
  serverFiles,
} from "@conveyor/sdk/link";
import { readClaim } from "./lock.ts";
import { probeServer } from "./probe.ts";
import { readToken } from "./token.ts";

/** What `serve`, `serve --status` and `serve --stop` report. All but `running` is null when none runs. */
export interface ServerStatus {
  running: boolean;
  pid: number | null;
  url: string | null;
  socket: string | null;
  version: string | null;
  ledger_path: string;
  started_at: string | null;
  dispatch: boolean;
  token_file: string | null;
}

/** How long a server may take to end when it is asked to, in milliseconds. */
const STOP_LIMIT_MS = 15_000;
const STOP_POLL_MS = 25;

/** The report about a running server. */
export function statusOf(record: ServerRecord): ServerStatus {
  const { pid, url, socket, version, ledger_path, started_at, dispatch } = record;
  const token_file = serverFiles(ledger_path).token;
  return { running: true, pid, url, socket, version, ledger_path, started_at, dispatch, token_file };
}

/**
 * Whether a server runs for this ledger, whatever its version. A discovery file without a server counts as none. Throws
 * `foreign_ledger`.
 */
export async function serverStatus({ ledger_path }: { ledger_path: string }): Promise<ServerStatus> {
  assertOwnRoot(ledger_path);
  const record = readDiscovery(ledger_path);
  if (record !== undefined) {
    const answered = await probeServer(record.socket);
    const alive = answered === undefined ? isProcessAlive(record) : answered.pid === record.pid;
    if (alive) return statusOf(record);
  }
  return {
    running: false,
    pid: null,
    url: null,
    socket: null,
    version: null,
    ledger_path,
    started_at: null,
    dispatch: false,
    token_file: null,
  };
}

/**
 * End the server of this ledger and wait until it is gone; `stopped` is false when none ran. It is asked over its
 * socket; one that does not answer there gets SIGTERM, if its pid is certainly still its own. Throws `timeout`.
 */
export async function stopServer(options: {
  ledger_path: string;
  limit_ms?: number | undefined;
}): Promise<ServerStatus & { stopped: boolean }> {
  const { ledger_path, limit_ms = STOP_LIMIT_MS } = options;
  const before = await serverStatus({ ledger_path });
  const record = readDiscovery(ledger_path);
  if (!before.running || record === undefined) return { ...before, stopped: false };
  if (!(await askToStop(record.socket)) && record.pid_started_at !== null && isProcessAlive(record)) {
    process.kill(record.pid, "SIGTERM");
  }
  const deadline = performance.now() + limit_ms;
  while (stillThere(record)) {
    if (performance.now() >= deadline) {
      throw new ConveyorError(
        "timeout",
        `the server (process ${record.pid}) did not end within ${limit_ms / 1000} seconds`,
        {
          hint: `look at ${serverFiles(ledger_path).log}`,
          details: { pid: record.pid },
        },
      );
    }
    await sleep(STOP_POLL_MS);
  }
  return { ...before, running: false, stopped: true };
}

/** A fresh URL that signs a browser in to the running server. Throws `server_unreachable`, `unauthorized`. */
export async function createLoginUrl({ ledger_path }: { ledger_path: string }): Promise<string> {
  assertOwnRoot(ledger_path);
  const record = readDiscovery(ledger_path);
  const token = readToken(serverFiles(ledger_path).token);
  // The token goes to the address in the file only when the socket, which nobody else can own, says that it is its own.
  const answered = record && (await probeServer(record.socket));
  if (record === undefined || token === undefined || answered?.pid !== record.pid) {
    throw new ConveyorError("server_unreachable", `no server runs for ${ledger_path}`, {
      hint: "start one with `conveyor serve`",
    });
  }
  let response: Response;
  try {
    response = await fetch(`${record.url}/login-codes`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    });
  } catch (cause) {
    throw new ConveyorError("server_unreachable", `the server at ${record.url} does not answer`, {
      hint: "see `conveyor serve --status`",
      cause,
    });
  }
  if (!response.ok)
    throw new ConveyorError("unauthorized", `the server at ${record.url} refuses the token in the state root`);
  return ((await response.json()) as { url: string }).url;
}

async function askToStop(socket: string): Promise<boolean> {
  let connection: SocketConnection | undefined;
  try {
    connection = await SocketConnection.open({ socket, hello: { protocol: PROTOCOL } });
    await connection.stopServer();
    return true;
  } catch {
    return false;
  } finally {
    connection?.close();
  }
}

/** The claim is the last thing that a server lets go of. */
function stillThere(record: ServerRecord): boolean {
  return readClaim(serverFiles(record.ledger_path).lock)?.pid === record.pid && isProcessAlive(record);
}
