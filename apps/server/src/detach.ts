import { spawn } from "node:child_process";
import { closeSync, fstatSync, readSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { ConveyorError, type ErrorBody } from "@conveyor/contracts/errors";
import { openLog, openRegular, serverFiles } from "@conveyor/files";
import { environmentFor } from "@conveyor/host";
import { type ServerStatus, serverStatus } from "./control.ts";
import { prepareStateRoot } from "./files.ts";

/** How long a detached server may take until it answers, in milliseconds. */
const START_LIMIT_MS = 15_000;
const START_POLL_MS = 50;
const TAIL_BYTES = 4096;

export interface DetachOptions {
  ledger_path: string;
  /** Program and arguments that run the server in the foreground, e.g. `[node, conveyor, "serve", "--json", "--path", …]`. */
  argv: readonly [string, ...string[]];
  env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Default 15 seconds. */
  limit_ms?: number | undefined;
}

/**
 * Start a server as a process of its own that outlives this one, its complaints in `server.log` under the state root, and
 * wait until it answers. Throws `conflict` when one runs already, what the server itself refused with, `side_effect_failed`
 * when the process ended without a word and `timeout` when it does not answer; these name the log.
 */
export async function startDetachedServer(options: DetachOptions): Promise<ServerStatus> {
  const { ledger_path, argv, env = process.env, limit_ms = START_LIMIT_MS } = options;
  const { log } = serverFiles(ledger_path);
  const running = await serverStatus({ ledger_path });
  if (running.running) {
    throw new ConveyorError(
      "conflict",
      `a server already runs for this ledger: process ${running.pid}${running.url === null ? "" : ` at ${running.url}`}`,
      {
        hint: "use that one, or end it with `conveyor serve --stop`",
        details: { kind: "server", pid: running.pid, url: running.url, socket: running.socket, ledger_path },
      },
    );
  }
  prepareStateRoot(ledger_path);
  const output = openServerLog(log);
  const began = fstatSync(output).size;
  const [program, ...args] = argv;
  const child = spawn(program, args, { detached: true, stdio: ["ignore", "ignore", output], env: ownEnvironment(env) });
  closeSync(output);
  let ended: string | undefined;
  child.on("error", (error: NodeJS.ErrnoException) => {
    ended = `could not be started (${error.code})`;
  });
  child.on("exit", (code, signal) => {
    ended = `ended at once (${signal ?? `exit code ${code}`})`;
  });
  child.unref();
  const deadline = performance.now() + limit_ms;
  for (;;) {
    const status = await serverStatus({ ledger_path });
    if (status.answers && status.pid === child.pid) return status;
    if (ended !== undefined) {
      throw failedStart(log, began, ended);
    }
    if (performance.now() >= deadline) {
      child.kill("SIGTERM");
      throw new ConveyorError("timeout", `the server did not answer within ${limit_ms / 1000} seconds`, {
        hint: `look at ${log}`,
        details: { log },
      });
    }
    await sleep(START_POLL_MS);
  }
}

/** The server inherits the token of its starter, and nothing that would make it take their terminal or session for its own. */
function ownEnvironment(env: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  const { CONVEYOR_TOKEN } = env;
  return { ...environmentFor(env, "dispatcher"), ...(CONVEYOR_TOKEN !== undefined && { CONVEYOR_TOKEN }) };
}

function openServerLog(path: string): number {
  try {
    return openLog(path);
  } catch (cause) {
    throw new ConveyorError(
      "state_root_unwritable",
      `the log ${path} cannot be written (${(cause as NodeJS.ErrnoException).code})`,
      {
        hint: "look at what stands there: a link or anything but a file is not written to",
        details: { path },
        cause,
      },
    );
  }
}

/** The error that the server ended with, as it told it in its log; without one, that it ended. */
function failedStart(log: string, began: number, ended: string): ConveyorError {
  const said = textSince(log, began);
  const body = errorBodyIn(said);
  if (body !== undefined) return ConveyorError.fromBody({ ...body, details: { ...body.details, log } });
  const [line = ""] = said.split("\n");
  return new ConveyorError("side_effect_failed", `the server ${ended}${line === "" ? "" : `: ${line.slice(0, 300)}`}`, {
    hint: `look at ${log}`,
    details: { log },
  });
}

/** The error document that a command with `--json` ends with (spec 00, Output). */
function errorBodyIn(text: string): ErrorBody | undefined {
  const at = text.lastIndexOf('{\n  "error"');
  if (at === -1) return undefined;
  try {
    return (JSON.parse(text.slice(at)) as { error: ErrorBody }).error;
  } catch {
    return undefined;
  }
}

/** What was written to the log after this place, at most its last few lines. */
function textSince(path: string, after: number): string {
  const { file, stats } = openRegular(path);
  try {
    const { size } = stats;
    const from = Math.max(after, size - TAIL_BYTES);
    const tail = Buffer.alloc(Math.max(0, size - from));
    readSync(file, tail, 0, tail.length, from);
    return tail.toString("utf8").trim();
  } finally {
    closeSync(file);
  }
}
