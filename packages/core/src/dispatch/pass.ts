import type { DispatchResult } from "@conveyor/contracts";
import { DISPATCHABLE_COMMANDS } from "@conveyor/contracts/dispatch";
import { asConveyorError } from "@conveyor/contracts/errors";
import { dispatchRows, type FastTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { crashPoint } from "../shared/crash-hook.ts";
import { secondsAfter } from "./back-off.ts";
import { hasWaitingCompletions, planCompletions, routeCompletions } from "./completions.ts";
import { ingestWorkers } from "./ingest-workers.ts";
import { previewLoop } from "./loop-gates.ts";
import { type Prepared, prepareWork, refuseWork } from "./prepare.ts";
import { pushCommand } from "./push-command.ts";
import { recoverExpiredLeases } from "./recover.ts";
import { claimKeys, DeliveryRefused, type PassMemory, type PassObserver, type PassOptions, type Work } from "./work.ts";

/** Most commands in one transaction, and the longest one may take: others must get their turn to write. */
const BATCH = { commands: 100, milliseconds: 40 } as const;

export interface PassResult {
  processed: DispatchResult[];
  skipped_historical_events: number;
}

const SILENT: PassObserver = { onResult: () => {}, betweenItems: async () => {} };

/**
 * One pass of routing and queued side effects (spec 03 §6.1). Stops between two items when `ctx.signal` aborts. What goes
 * wrong with one item is its result; only an unusable ledger ends the pass with an error.
 */
export async function runPass(
  ctx: Ctx,
  options: PassOptions,
  memory: PassMemory,
  observer: PassObserver = SILENT,
): Promise<PassResult> {
  const types = DISPATCHABLE_COMMANDS.filter((type) => options.type === undefined || options.type === type);
  const routesCompletions = options.type === undefined || options.type === "worker_task_complete";
  if (options.dry_run) return ctx.store.peek((tx) => plan(tx, options, types, routesCompletions));

  const processed: DispatchResult[] = [];
  const budget = {
    left: options.limit,
    onResult(result: DispatchResult) {
      budget.left -= 1;
      processed.push(result);
      observer.onResult(result);
    },
    betweenItems: () => observer.betweenItems(),
    remaining: () => (ctx.signal.aborted ? 0 : budget.left),
  };

  if (routesCompletions && options.ingest !== null) await ingestWorkers(ctx, options, memory);
  const isWaiting = routesCompletions && (await ctx.store.peek((tx) => hasWaitingCompletions(tx, memory)));
  // A long queue of commands must not keep the reports of finished turns from getting through.
  const kept = isWaiting && types.length > 0 && options.limit >= 2 ? Math.ceil(options.limit / 5) : 0;
  let skipped_historical_events = 0;
  if (types.length > 0) {
    await recover(ctx, options, types, budget);
    await dispatchCommands(ctx, options, types, { ...budget, remaining: () => budget.remaining() - kept });
  }
  if (routesCompletions && budget.remaining() > 0) {
    ({ skipped_historical_events } = await routeCompletions(ctx, options, memory, budget));
    if (kept > 0) await dispatchCommands(ctx, options, types, budget);
  }
  return { processed, skipped_historical_events };
}

type Budget = PassObserver & { remaining(): number };

/** What a pass would do, in its order; changes nothing. */
function plan(tx: FastTx, options: PassOptions, types: readonly string[], routesCompletions: boolean): PassResult {
  const { limit } = options;
  const expired = dispatchRows.listExpiredCommands(tx, { types, limit });
  const claimable = dispatchRows.listClaimableCommands(tx, { types, limit });
  const planned = [
    ...expired.map((command) => ({ ...plannedCommand(command), recovery: true })),
    ...claimable.map((command) => ({
      ...plannedCommand(command),
      ...(command.type === "continue_iteration" && { gate_preview: previewLoop(tx, command) }),
    })),
  ].slice(0, limit);
  if (!routesCompletions) return { processed: planned, skipped_historical_events: 0 };
  const completions = planCompletions(tx, limit - planned.length);
  return {
    processed: [...planned, ...completions.planned],
    skipped_historical_events: completions.skipped_historical_events,
  };
}

/** Variant 1 of spec 03 §7.1; `task` is an id here. */
function plannedCommand(command: {
  id: string;
  type: string;
  correlation_id: string | null;
  task_id: string | null;
}): DispatchResult {
  return {
    command_id: command.id,
    command_type: command.type,
    correlation_id: command.correlation_id,
    dry_run: true,
    state: "planned",
    task: command.task_id,
  };
}

async function recover(ctx: Ctx, options: PassOptions, types: readonly string[], budget: Budget): Promise<void> {
  const request = { types, limit: budget.remaining(), dispatcher_id: options.dispatcher_id };
  const isNeeded = await ctx.store.peek(
    (tx) => dispatchRows.listExpiredCommands(tx, { ...request, limit: 1 }).length > 0,
  );
  if (!isNeeded) return;
  for (const result of await ctx.store.fast((tx) => recoverExpiredLeases(tx, request))) budget.onResult(result);
}

/** Claim and execute command after command, oldest first. Those for an inbox are done many to a transaction. */
async function dispatchCommands(
  ctx: Ctx,
  options: PassOptions,
  types: readonly string[],
  budget: Budget,
): Promise<void> {
  while (budget.remaining() > 0) {
    if (!(await ctx.store.peek((tx) => dispatchRows.hasClaimableCommand(tx, types)))) return;
    const batch = await executeNext(ctx, options, types, budget.remaining());
    for (const result of batch.results) budget.onResult(result);
    if (batch.push !== undefined) {
      crashPoint(ctx, "item_inserted");
      budget.onResult(await pushIsolated(ctx, batch.push, options.lease_seconds));
    }
    await budget.betweenItems();
  }
}

interface Batch {
  results: DispatchResult[];
  /** The last one goes to a terminal and is pushed after the transaction. */
  push: Extract<Prepared, { kind: "push" }>["delivery"] | undefined;
}

/**
 * Execute the next commands in one transaction. When one of them fails in a way that nobody foresaw, all is undone and
 * done again with each command shielded from the others; shielding every time would cost more than the work itself.
 */
async function executeNext(ctx: Ctx, options: PassOptions, types: readonly string[], limit: number): Promise<Batch> {
  try {
    return await ctx.store.fast((tx) => executeBatch(ctx, tx, { options, types, limit, prepare: prepareWork }));
  } catch {
    return ctx.store.fast((tx) => executeBatch(ctx, tx, { options, types, limit, prepare: prepareShielded }));
  }
}

interface BatchRequest {
  options: PassOptions;
  types: readonly string[];
  limit: number;
  prepare(tx: FastTx, work: Work): Prepared;
}

function executeBatch(ctx: Ctx, tx: FastTx, { options, types, limit, prepare }: BatchRequest): Batch {
  const begun = ctx.host.clock.monotonic_ms();
  const results: DispatchResult[] = [];
  while (results.length < Math.min(limit, BATCH.commands)) {
    const work = claim(ctx, tx, options, types);
    if (work === undefined) break;
    crashPoint(ctx, "claimed");
    const prepared = prepare(tx, work);
    if (prepared.kind === "push") return { results, push: prepared.delivery };
    results.push(prepared.result);
    if (ctx.host.clock.monotonic_ms() - begun > BATCH.milliseconds) break;
  }
  return { results, push: undefined };
}

function claim(ctx: Ctx, tx: FastTx, options: PassOptions, types: readonly string[]): Work | undefined {
  const { dispatcher_id, lease_seconds } = options;
  const command = dispatchRows.claimNextCommand(tx, {
    dispatcher_id,
    types,
    claim_expires_at: secondsAfter(tx.now, lease_seconds),
    correlation_id: ctx.host.ids.next("dispatch"),
  });
  if (command === undefined) return undefined;
  const { id: command_id, correlation_id } = command;
  const work = {
    command,
    dispatcher_id,
    attempt_id: dispatchRows.startAttempt(tx, { command_id, correlation_id, dispatcher_id }),
  };
  tx.telemetry({
    event_type: "dispatch_command_claimed",
    actor: "dispatch",
    summary: `command ${command.type} claimed by ${dispatcher_id}`,
    task_id: command.task_id,
    correlation: claimKeys(work),
    attributes: {
      attempts: command.attempts,
      claim_expires_at: command.claim_expires_at,
      manager_id: command.manager_id,
      worker_id: command.worker_id,
    },
  });
  return work;
}

function prepareShielded(tx: FastTx, work: Work): Prepared {
  const prepared = dispatchRows.isolated(tx, () => prepareWork(tx, work));
  return prepared.ok ? prepared.value : { kind: "ended", result: failUnexpectedly(tx, work, prepared.error) };
}

/** A command that could not even be looked at ends failed, so that it cannot stop the queue (spec 03 §6.1). */
function failUnexpectedly(tx: FastTx, work: Work, thrown: unknown): DispatchResult {
  const { message } = asConveyorError(thrown);
  tx.telemetry({
    event_type: "dispatch_item_error",
    actor: "dispatch",
    severity: "error",
    summary: `command ${work.command.type} could not be processed`,
    task_id: work.command.task_id,
    correlation: claimKeys(work),
    attributes: { error: message },
  });
  return refuseWork(tx, work, new DeliveryRefused("internal", message));
}

/** Push; what is thrown here could not even be recorded, and is left to the recovery of the lease. */
async function pushIsolated(
  ctx: Ctx,
  delivery: NonNullable<Batch["push"]>,
  lease_seconds: number,
): Promise<DispatchResult> {
  try {
    return await pushCommand(ctx, delivery, lease_seconds);
  } catch (thrown) {
    const { message } = asConveyorError(thrown);
    await ctx.store.fast((tx) =>
      tx.telemetry({
        event_type: "dispatch_item_error",
        actor: "dispatch",
        severity: "error",
        summary: `the push of command ${delivery.work.command.type} could not be recorded`,
        task_id: delivery.work.command.task_id,
        correlation: claimKeys(delivery.work),
        attributes: { error: message },
      }),
    );
    return {
      ...claimKeys(delivery.work),
      state: "failed",
      error: message,
      error_code: "internal",
      error_type: "Error",
      notification_id: delivery.item_id,
    };
  }
}
