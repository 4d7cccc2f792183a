import type { Input, Output, StoppedDispatcher } from "@conveyor/contracts";
import { SERVER_DISPATCHER_ID } from "@conveyor/contracts/dispatch/words";
import { ConveyorError } from "@conveyor/contracts/errors";
import { readDiscovery } from "@conveyor/files";
import { dispatchRows, type FastTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";

type Row = dispatchRows.DispatcherRow;

/** A process that dies silently is noticed at this beat, in milliseconds. */
const LIFE_BEAT_MS = 500;
/** Processes of one id that are looked after in one call, and ids that an error lists. */
const KNOWN_IDS = 20;

/**
 * `dispatch stop`: ask every watcher of an id on this machine to end, and wait until its entry in the registry says that it
 * did; entries of processes that died silently are closed (spec 03 §13 item 7). A process is only signalled while
 * its start time proves that the pid is still its own. Throws `not_found`, `conflict` for the Dispatch of a server,
 * `host_denied` for one on another machine, `side_effect_failed`, `timeout`.
 */
export async function stopDispatcher(
  ctx: Ctx,
  input: Input<"dispatch.stopDispatcher">,
): Promise<Output<"dispatch.stopDispatcher">> {
  const { dispatcher_id } = input;
  const rows = await ctx.store.peek((tx) => knownProcesses(tx, dispatcher_id));
  const sorted = await sortOut(ctx, rows);
  refuseServer(ctx, dispatcher_id, sorted.alive);
  for (const row of sorted.alive) await assertProven(ctx, row);
  if (sorted.alive.length === 0 && sorted.dead.length === 0 && sorted.elsewhere.length > 0) {
    throw elsewhereError(ctx, dispatcher_id, sorted.elsewhere);
  }
  await ctx.store.fast((tx) => {
    for (const row of sorted.dead) close(tx, row, "was_dead");
    for (const row of sorted.alive) tellRequested(tx, row);
  });
  // One that ended by itself a moment ago takes no signal; the wait sees its end.
  for (const row of sorted.alive) await ctx.host.processes.signal(row.pid, row.pid_started_at, "SIGTERM");
  const ended = await waitForEnd(ctx, sorted.alive, input.timeout);
  await ctx.store.fast((tx) => {
    for (const { row, said } of ended.stopped) {
      if (!said) close(tx, row, "was_dead");
      tellFinished(tx, row, said ? "stopped" : "was_dead");
    }
    for (const row of ended.left) tellFailed(tx, row, input.timeout);
  });
  if (ended.left.length > 0) throw timeoutError(dispatcher_id, ended.left, input.timeout);
  const dispatchers = [
    ...ended.stopped.map(({ row, said }) => outcomeOf(row, said ? "stopped" : "was_dead")),
    ...sorted.dead.map((row) => outcomeOf(row, "was_dead")),
    ...sorted.elsewhere.map((row) => outcomeOf(row, "elsewhere")),
  ];
  return {
    dispatcher_id,
    dispatchers,
    stopped_count: dispatchers.filter(({ outcome }) => outcome === "stopped").length,
  };
}

function knownProcesses(tx: FastTx, dispatcher_id: string): Row[] {
  const rows = dispatchRows.unstoppedDispatchers(tx, dispatcher_id);
  if (rows.length > 0 || dispatchRows.isKnownDispatcher(tx, dispatcher_id)) return rows;
  const known = dispatchRows.dispatcherIds(tx, KNOWN_IDS);
  throw new ConveyorError("not_found", `no dispatcher has run under the id ${JSON.stringify(dispatcher_id)}`, {
    hint: known.length === 0 ? "none has run on this ledger yet" : `known ids: ${known.join(", ")}`,
    details: { kind: "dispatcher", reference: dispatcher_id, known },
  });
}

interface Sorted {
  alive: Row[];
  dead: Row[];
  elsewhere: Row[];
}

async function sortOut(ctx: Ctx, rows: readonly Row[]): Promise<Sorted> {
  const sorted: Sorted = { alive: [], dead: [], elsewhere: [] };
  for (const row of rows) {
    if (row.host_id !== ctx.host.host_id) sorted.elsewhere.push(row);
    else if (await isAlive(ctx, row)) sorted.alive.push(row);
    else sorted.dead.push(row);
  }
  return sorted;
}

function isAlive(ctx: Ctx, row: Row): Promise<boolean> {
  return ctx.host.processes.isAlive(row.pid, row.pid_started_at);
}

/** What dispatches inside a server is one process with it: a signal would end what serves everybody. */
function refuseServer(ctx: Ctx, dispatcher_id: string, alive: readonly Row[]): void {
  const servers = [readDiscovery(ctx.settings.ledger_path)?.pid, process.pid];
  const row = alive.find(({ pid }) => dispatcher_id === SERVER_DISPATCHER_ID || servers.includes(pid));
  if (row === undefined) return;
  const { program } = ctx.settings;
  throw new ConveyorError("conflict", `dispatcher ${dispatcher_id} works inside the server (process ${row.pid})`, {
    hint: `end the server with \`${program} serve --stop\`; \`${program} serve --no-dispatch\` starts one without Dispatch`,
    details: { kind: "dispatcher", dispatcher_id, pid: row.pid },
  });
}

/** Without both start times nobody can tell the dispatcher from a later process that got its pid. */
async function assertProven(ctx: Ctx, row: Row): Promise<void> {
  if (row.pid_started_at !== null && (await ctx.host.processes.startTime(row.pid)) !== null) return;
  throw new ConveyorError(
    "host_denied",
    `nothing proves that process ${row.pid} is still dispatcher ${row.dispatcher_id}: its start time cannot be read`,
    {
      hint: `look at it, and end it yourself: kill ${row.pid}`,
      details: { pid: row.pid, dispatcher_id: row.dispatcher_id },
    },
  );
}

interface Ended {
  /** `said`: its entry records that it stopped; otherwise the process ended without recording anything. */
  stopped: { row: Row; said: boolean }[];
  left: Row[];
}

/** Sleep until every process has ended, woken by what it writes. */
async function waitForEnd(ctx: Ctx, rows: readonly Row[], timeout: number): Promise<Ended> {
  const { clock } = ctx.host;
  const until = clock.monotonic_ms() + timeout * 1000;
  const stopped: Ended["stopped"] = [];
  let left = [...rows];
  for (;;) {
    const version = ctx.store.changes.version;
    const open = await ctx.store.peek((tx) => dispatchRows.unstoppedDispatchers(tx, rows[0]?.dispatcher_id ?? ""));
    const isOpen = (row: Row) => open.some(({ instance_id }) => instance_id === row.instance_id);
    const remaining: Row[] = [];
    for (const row of left) {
      if (!isOpen(row)) stopped.push({ row, said: true });
      else if (await isAlive(ctx, row)) remaining.push(row);
      else stopped.push({ row, said: false });
    }
    left = remaining;
    const timeout_ms = Math.min(LIFE_BEAT_MS, until - clock.monotonic_ms());
    if (left.length === 0 || timeout_ms <= 0 || ctx.signal.aborted) return { stopped, left };
    await ctx.store.changes.wait(version, { timeout_ms, signal: ctx.signal });
  }
}

function close(tx: FastTx, row: Row, reason: string): void {
  dispatchRows.closeDispatcher(tx, row.dispatcher_id, row.instance_id);
  tx.tell("dispatch_watch_stopped", {
    actor: "operator",
    severity: "warning",
    summary: `dispatcher ${row.dispatcher_id} had ended without a word`,
    correlation: { dispatcher_id: row.dispatcher_id, instance_id: row.instance_id },
    attributes: { reason, iterations: row.iteration, total_processed: row.total_processed },
  });
}

/** What every event about stopping a dispatcher says of it. */
function about({ dispatcher_id, instance_id, pid, host }: Row, what: string) {
  return {
    summary: `dispatcher ${dispatcher_id}, process ${pid}: ${what}`,
    correlation: { dispatcher_id, instance_id },
    attributes: { pid, host },
  };
}

function tellRequested(tx: FastTx, row: Row): void {
  const told = about(row, "stop requested");
  tx.tell("dispatch_stop_requested", { ...told, attributes: { ...told.attributes, signal: "SIGTERM" } });
}

function tellFinished(tx: FastTx, row: Row, outcome: "stopped" | "was_dead"): void {
  const told = about(row, "stop finished");
  tx.tell("dispatch_stop_finished", { ...told, attributes: { ...told.attributes, outcome } });
}

function tellFailed(tx: FastTx, row: Row, timeout_seconds: number): void {
  const told = about(row, "stop failed");
  tx.tell("dispatch_stop_failed", { ...told, attributes: { ...told.attributes, timeout_seconds } });
}

function outcomeOf(row: Row, outcome: StoppedDispatcher["outcome"]): StoppedDispatcher {
  const { dispatcher_id, instance_id, pid, host, iteration, total_processed } = row;
  return { dispatcher_id, instance_id, pid, host, outcome, iterations: iteration, total_processed };
}

function elsewhereError(ctx: Ctx, dispatcher_id: string, rows: readonly Row[]): ConveyorError {
  const hosts = [...new Set(rows.map(({ host }) => host))];
  return new ConveyorError(
    "host_denied",
    `dispatcher ${dispatcher_id} runs on ${hosts.join(", ")}, and this is ${ctx.host.hostname}`,
    {
      hint: "run this on that machine",
      details: { kind: "dispatcher", dispatcher_id, hosts, processes: rows.map(({ host, pid }) => ({ host, pid })) },
    },
  );
}

function timeoutError(dispatcher_id: string, left: readonly Row[], timeout: number): ConveyorError {
  const pids = left.map(({ pid }) => pid);
  return new ConveyorError(
    "timeout",
    `dispatcher ${dispatcher_id} (process ${pids.join(", ")}) did not end within ${timeout} seconds`,
    {
      hint: "it was asked to end and does so after the item at hand; look again with `conveyor dispatch status`",
      details: { kind: "dispatcher", dispatcher_id, pids },
    },
  );
}
