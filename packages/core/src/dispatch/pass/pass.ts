import type { DispatchResult } from "@conveyor/contracts";
import { DISPATCHABLE_COMMANDS } from "@conveyor/contracts/dispatch/words";
import { dispatchRows, type FastTx, inboxRows } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";
import { putBackOverdue } from "../../inbox/put-back.ts";
import { crashPoint } from "../../shared/crash-hook.ts";
import { hasWaitingCompletions, planCompletions, routeCompletions } from "../completions/completions.ts";
import { PassHolder } from "../delivery/claim-holder.ts";
import { previewLoop } from "../delivery/preview-loop.ts";
import type { Budget, DeliveryObserver } from "../delivery/terms.ts";
import { settleSubmitted } from "../push/settle-submitted.ts";
import { endLeasesOfTheDead } from "./dead-holders.ts";
import { type ExecuteRequest, executeCommands } from "./execute.ts";
import { expireCommands } from "./expire-commands.ts";
import { ingestWorkers } from "./ingest-workers.ts";
import { lookAfterAgents } from "./look-after-agents.ts";
import { recoverExpiredLeases } from "./recover.ts";
import type { PassMemory, PassOptions } from "./terms.ts";

export interface PassResult {
  processed: DispatchResult[];
  skipped_historical_events: number;
}

const SILENT: DeliveryObserver = { onResult: () => {}, betweenItems: async () => {} };

/**
 * One pass of routing and queued side effects (spec 03 §6.1). Stops between two items when `ctx.signal` aborts. What goes
 * wrong with one item is its result; only an unusable ledger ends the pass with an error, and one that is not ours is not begun
 * (`foreign_ledger`).
 */
export async function runPass(
  ctx: Ctx,
  options: PassOptions,
  memory: PassMemory,
  observer: DeliveryObserver = SILENT,
): Promise<PassResult> {
  const types = DISPATCHABLE_COMMANDS.filter((type) => options.type === undefined || options.type === type);
  const routesCompletions = options.type === undefined || options.type === "worker_task_complete";
  if (options.dry_run) return ctx.store.peek((tx) => plan(ctx, tx, options, types, routesCompletions));

  await ctx.host.mayAct();
  const processed: DispatchResult[] = [];
  const budget = budgetOf(ctx, options.limit, processed, observer);
  const request: ExecuteRequest = { ...options, types };
  const due = await ctx.store.peek((tx) => whatIsDue(ctx, tx, { types, memory, routesCompletions }));
  if (due.impossible_pauses) await ctx.store.fast((tx) => dispatchRows.endImpossiblePauses(tx, types));
  if (due.unanswered) await ctx.store.fast(putBackOverdue);
  if (due.submitted) for (const result of await settleSubmitted(ctx, options.limit)) budget.onResult(result);
  if (due.held) await endLeasesOfTheDead(ctx, { types, instance_id: options.holder.instance_id });
  // A long queue of commands must not keep the reports of finished turns from getting through.
  const kept = due.completions && types.length > 0 && options.limit >= 2 ? Math.ceil(options.limit / 5) : 0;
  let skipped_historical_events = 0;
  if (types.length > 0) {
    if (due.held || due.expired) await recover(ctx, request, budget);
    if (due.past_term) await expire(ctx, request, budget);
    await executeCommands(ctx, request, { ...budget, remaining: () => budget.remaining() - kept });
  }
  // Reading rollouts takes its time, and no message that is ready should wait for it.
  if (routesCompletions && options.ingest !== null) {
    await ingestWorkers(ctx, options, memory);
    await lookAfterAgents(ctx, memory);
  }
  if (routesCompletions && budget.remaining() > 0) {
    ({ skipped_historical_events } = await routeCompletions(ctx, options, memory, budget));
    if (kept > 0) await executeCommands(ctx, request, budget);
  }
  return { processed, skipped_historical_events };
}

/**
 * Execute a part of the queue at once, as a pass would, recovery and completions left out; `part` and `types` say which.
 * Returns one result per command.
 */
export async function runQueuePart(
  ctx: Ctx,
  request: Omit<ExecuteRequest, "holder"> & { limit: number },
): Promise<DispatchResult[]> {
  const results: DispatchResult[] = [];
  const budget = budgetOf(ctx, request.limit, results, SILENT);
  await PassHolder.during(ctx, request.dispatcher_id, (holder) => executeCommands(ctx, { ...request, holder }, budget));
  return results;
}

/** Collects results until there are `limit` of them or the caller goes away. */
function budgetOf(ctx: Ctx, limit: number, results: DispatchResult[], observer: DeliveryObserver): Budget {
  return {
    onResult(result) {
      results.push(result);
      observer.onResult(result);
    },
    betweenItems: () => observer.betweenItems(),
    remaining: () => (ctx.signal.aborted ? 0 : limit - results.length),
  };
}

/** What a pass would do, in its order; changes nothing. */
function plan(
  { agents }: Ctx,
  tx: FastTx,
  options: PassOptions,
  types: readonly string[],
  routesCompletions: boolean,
): PassResult {
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
  const completions = planCompletions(agents, tx, limit - planned.length);
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

/** What a pass finds to do beside its commands, seen in one look: mostly it is nothing. */
function whatIsDue(
  { agents }: Ctx,
  tx: FastTx,
  { types, memory, routesCompletions }: { types: readonly string[]; memory: PassMemory; routesCompletions: boolean },
) {
  return {
    /** What was put off for a moment must not wait for hours because the clock was set back. */
    impossible_pauses: dispatchRows.hasImpossiblePause(tx, types),
    /** Return items whose taker did not answer in time, for instance because it died (spec 03 §13 item 3). */
    unanswered: inboxRows.overdueItems(tx, 1).length > 0,
    /** What was typed and not confirmed may have been recorded by its agent meanwhile. */
    submitted: dispatchRows.hasSubmittedItem(tx),
    held: dispatchRows.listHeldClaims(tx, { types, limit: 1 }).length > 0,
    expired: dispatchRows.listExpiredCommands(tx, { types, limit: 1 }).length > 0,
    past_term: dispatchRows.commandsPastTerm(tx, { types, limit: 1 }).length > 0,
    completions: routesCompletions && hasWaitingCompletions(agents, tx, memory),
  };
}

async function expire(
  ctx: Ctx,
  { types, dispatcher_id }: Pick<ExecuteRequest, "types" | "dispatcher_id">,
  budget: Budget,
): Promise<void> {
  const request = { types, dispatcher_id, limit: budget.remaining() };
  for (const result of await ctx.store.fast((tx) => expireCommands(tx, request))) budget.onResult(result);
}

async function recover(
  ctx: Ctx,
  request: Pick<ExecuteRequest, "types" | "dispatcher_id">,
  budget: Budget,
): Promise<void> {
  const { types, dispatcher_id } = request;
  const limit = budget.remaining();
  // Leases that others hold, and whose end has not come, are no reason to take the lock for writing.
  const isNeeded = await ctx.store.peek((tx) => dispatchRows.listExpiredCommands(tx, { types, limit: 1 }).length > 0);
  if (!isNeeded) return;
  const recovered = await ctx.store.fast((tx) => {
    const results = recoverExpiredLeases(tx, { types, limit, dispatcher_id });
    crashPoint(ctx, "recovering");
    return results;
  });
  crashPoint(ctx, "recovered");
  for (const result of recovered) budget.onResult(result);
}
