import { setTimeout as sleep } from "node:timers/promises";
import { ConveyorError } from "@conveyor/contracts/errors";
import { assertOwnRoot, isProcessAlive, readDiscovery, type ServerRecord, serverFiles } from "@conveyor/files";
import { PROTOCOL, SocketConnection } from "@conveyor/sdk/link";
import { readClaim } from "./lock.ts";
import { probeServer } from "./probe.ts";
import { readToken } from "./token.ts";

/** What `serve`, `serve --status` and `serve --stop` report. All but the first two and the ledger is null when none runs. */
export interface ServerStatus {
  running: boolean;
  /** Whether it takes calls: one that is starting or ending runs, but takes none. */
  answers: boolean;
  pid: number | null;
  url: string | null;
  socket: string | null;
  version: string | null;
  ledger_path: string;
  started_at: string | null;
  dispatch: boolean;
  /** Whether what it answers is on the disk by then. */
  durable: boolean | null;
  token_file: string | null;
}

/** How long a server may take to end when it is asked to, in milliseconds. */
const STOP_LIMIT_MS = 15_000;
/** How long a killed process may take to be gone, in milliseconds. */
const KILL_LIMIT_MS = 2_000;
const STOP_POLL_MS = 25;

/** The report about a running server. */
export function serverStatusOf(record: ServerRecord): ServerStatus {
  const { pid, url, socket, version, ledger_path, started_at, dispatch, durable } = record;
  const token_file = serverFiles(ledger_path).token;
  const known = { pid, url, socket, version, ledger_path, started_at, dispatch, durable, token_file };
  return { running: true, answers: true, ...known };
}

/**
 * Whether a server runs for this ledger, whatever its version. A discovery file without a server counts as none; a
 * process that holds the ledger without saying so is one that starts or ends. Throws `foreign_ledger`.
 */
export async function serverStatus({ ledger_path }: { ledger_path: string }): Promise<ServerStatus> {
  assertOwnRoot(ledger_path);
  const record = readDiscovery(ledger_path);
  if (record !== undefined) {
    const answered = await probeServer(record.socket);
    if (answered?.pid === record.pid) return serverStatusOf(record);
    if (answered === undefined && isProcessAlive(record)) return { ...serverStatusOf(record), answers: false };
  }
  const claim = readClaim(serverFiles(ledger_path).lock);
  const holder = claim !== undefined && isProcessAlive(claim) ? claim.pid : null;
  return {
    running: holder !== null,
    answers: false,
    pid: holder,
    url: null,
    socket: null,
    version: null,
    ledger_path,
    started_at: null,
    dispatch: false,
    durable: null,
    token_file: null,
  };
}

/**
 * End the server of this ledger and wait until it is gone; `stopped` is false when none ran. It is asked over its
 * socket; one that does not answer there gets SIGTERM, and SIGKILL when that does not help in time, if its pid is
 * certainly still its own. Throws `timeout`.
 */
export async function stopServer(options: {
  ledger_path: string;
  limit_ms?: number | undefined;
}): Promise<ServerStatus & { stopped: boolean }> {
  const { ledger_path, limit_ms = STOP_LIMIT_MS } = options;
  const before = await serverStatus({ ledger_path });
  const record = readDiscovery(ledger_path);
  const holder = record ?? readClaim(serverFiles(ledger_path).lock);
  if (!before.running || holder === undefined) return { ...before, stopped: false };
  if (record === undefined || !(await askToStop(record.socket))) signal(holder, "SIGTERM");
  const gone =
    (await isGone(ledger_path, holder, limit_ms)) ||
    (signal(holder, "SIGKILL") && (await isGone(ledger_path, holder, KILL_LIMIT_MS)));
  if (gone) return { ...before, running: false, answers: false, stopped: true };
  throw new ConveyorError(
    "timeout",
    `the server (process ${holder.pid}) did not end within ${limit_ms / 1000} seconds`,
    {
      hint: `look at ${serverFiles(ledger_path).log}`,
      details: { pid: holder.pid },
    },
  );
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
    throw new ConveyorError("unauthorized", `the server at ${record.url} refuses the token in the state root`, {
      hint: "see `conveyor serve --status`",
    });
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

type Holder = Pick<ServerRecord, "pid" | "pid_started_at">;

/** Signal a server if its pid is certainly still its own; whether it was. */
function signal(holder: Holder, name: NodeJS.Signals): boolean {
  const isCertain = holder.pid_started_at !== null && holder.pid !== process.pid && isProcessAlive(holder);
  return isCertain && process.kill(holder.pid, name);
}

/** Wait for the server to be gone, for `limit_ms` at most. The claim is the last thing that it lets go of. */
async function isGone(ledger_path: string, holder: Holder, limit_ms: number): Promise<boolean> {
  const { lock } = serverFiles(ledger_path);
  const deadline = performance.now() + limit_ms;
  while (readClaim(lock)?.pid === holder.pid && isProcessAlive(holder)) {
    if (performance.now() >= deadline) return false;
    await sleep(STOP_POLL_MS);
  }
  return true;
}
