import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Output } from "@conveyor/contracts";
import { asConveyorError, ConveyorError } from "@conveyor/contracts/errors";
import { type DetachedProcess, environmentFor, startDetached } from "@conveyor/host";
import type { Ctx, Settings } from "../ctx.ts";
import { freshDispatcher } from "../dispatch/liveness.ts";
import { commandLine } from "../shared/command-line.ts";
import { beginCommand, endCommand } from "../shared/immediate-command.ts";
import { starterOf } from "../shared/starter.ts";

/** How long the starter waits for the first sign of life (spec 03 §6.12). */
const FIRST_HEARTBEAT_MS = 3_000;
/** The ledger wakes the wait; this is for a dispatcher that ends silently. */
const LOOK_AGAIN_MS = 250;

type EnsuredDispatch = Output<"startup.pair">["dispatch"];

/**
 * The argv of a detached dispatcher: the running installation itself, alone under its id (spec 03 §6.12). It ends with the
 * last bound task: nobody would think of stopping what he never started.
 */
export function dispatcherCommand(settings: Pick<Settings, "self" | "ledger_path">, dispatcher_id: string): string[] {
  const { self, ledger_path } = settings;
  const program = self.length > 0 ? self : ["conveyor"];
  // An id that begins with dashes would be read as a flag.
  const id = dispatcher_id.startsWith("--") ? [`--dispatcher-id=${dispatcher_id}`] : ["--dispatcher-id", dispatcher_id];
  return [...program, "dispatch", "--watch", ...id, "--path", ledger_path, "--exclusive", "--while-bound"];
}

/** What is said when nobody asked for a dispatcher. */
export const NO_DISPATCH: EnsuredDispatch = {
  ensure: false,
  command: null,
  started: false,
  pid: null,
  healthy: null,
  log: null,
  stop_command: null,
};

/** Throws `precondition_failed` when this program cannot start itself again. */
export function assertCanStartDispatch(settings: Pick<Settings, "self">): void {
  if (settings.self.length > 0) return;
  throw new ConveyorError(
    "precondition_failed",
    "this program does not know how it is run, so it cannot start Dispatch",
    {
      hint: "pass --no-dispatch and run `conveyor dispatch --watch` yourself",
    },
  );
}

/**
 * See that a dispatcher of this id runs: the live one, else one that is started now and outlives this process, its output
 * in a log under the state root (spec 01 §6.3 step 10). Whether it was heard of in time is told, not thrown. Throws
 * `side_effect_failed` when it cannot be started.
 */
export async function ensureDispatch(ctx: Ctx, dispatcher_id: string, task_id: string): Promise<EnsuredDispatch> {
  const command = dispatcherCommand(ctx.settings, dispatcher_id);
  const stop_command = commandLine(ctx.settings, ["dispatch stop"], { dispatcher_id });
  const live = await freshDispatcher(ctx, dispatcher_id);
  if (live !== undefined) {
    return { ensure: true, command, started: false, pid: live.pid, healthy: true, log: null, stop_command };
  }
  const log = join(ctx.settings.state_root, `${logName(dispatcher_id)}.log`);
  const started = await start(ctx, { command, dispatcher_id, log, task_id });
  const heard = await firstHeartbeat(ctx, dispatcher_id, started);
  return {
    ensure: true,
    command,
    // Of two that start at once only one stays; it need not be ours.
    started: heard === undefined || heard.pid === started.pid,
    pid: heard?.pid ?? (started.ended() === undefined ? started.pid : null),
    healthy: heard !== undefined,
    log,
    stop_command,
  };
}

interface Wanted {
  command: readonly string[];
  dispatcher_id: string;
  log: string;
  task_id: string;
}

async function start(ctx: Ctx, { command: argv, dispatcher_id, log, task_id }: Wanted): Promise<DetachedProcess> {
  await ctx.host.mayAct();
  const command = await ctx.store.write((tx) =>
    beginCommand(ctx, tx, { type: "start_dispatch", task_id, payload: { dispatcher_id, log, ...starterOf(ctx) } }),
  );
  try {
    const env = environmentFor(ctx.host.env, "dispatcher");
    const started = await startDetached({ argv, log, cwd: ctx.settings.state_root, env });
    const result = { dispatcher_id, pid: started.pid };
    await ctx.store.write((tx) => endCommand(tx, command, { state: "succeeded", result }));
    return started;
  } catch (thrown) {
    const error = asConveyorError(thrown).message;
    await ctx.store.write((tx) => endCommand(tx, command, { state: "failed", result: { dispatcher_id }, error }));
    throw thrown;
  }
}

async function firstHeartbeat(ctx: Ctx, dispatcher_id: string, started: DetachedProcess) {
  const { clock } = ctx.host;
  const deadline = clock.monotonic_ms() + FIRST_HEARTBEAT_MS;
  for (;;) {
    const version = ctx.store.changes.version;
    const heard = await freshDispatcher(ctx, dispatcher_id);
    const left = deadline - clock.monotonic_ms();
    if (heard !== undefined || left <= 0 || ctx.signal.aborted || started.ended() !== undefined) return heard;
    await ctx.store.changes.wait(version, { timeout_ms: Math.min(left, LOOK_AGAIN_MS), signal: ctx.signal });
  }
}

/** A file name for any id; what had to be replaced is told apart by a hash. */
function logName(dispatcher_id: string): string {
  const plain = dispatcher_id.replace(/[^A-Za-z0-9_-]+/g, "-").slice(0, 64);
  if (plain === dispatcher_id) return plain;
  return `${plain}-${createHash("sha256").update(dispatcher_id).digest("hex").slice(0, 8)}`;
}
