import type { DispatchResult } from "@conveyor/contracts";
import type { Agents } from "@conveyor/host";
import { dispatchRows, type FastTx } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";
import { proofCountsOf } from "../../proof/counts.ts";
import { crashPoint } from "../../shared/crash-hook.ts";
import type { Budget, DeliveryObserver, DeliveryTerms } from "../delivery/terms.ts";
import { COMPLETION_SIGNAL, type Step } from "./completion.ts";
import { skippedHistorical, turnsToReport } from "./completion-events.ts";
import { lostTurns } from "./lost-turns.ts";
import type { CompletionMemory } from "./memory.ts";
import { pushCompletion } from "./push-completion.ts";
import {
  dedupeKeyOf,
  failStaleCompletions,
  giveUpReport,
  reclaim,
  report,
  type UnreportedTurn,
} from "./report-completion.ts";

/**
 * Route finished turns to their managers (spec 03 §6.7): give up what was interrupted while it was typed, take up what
 * somebody left, then report what is new. Returns how many turns from before a binding were left out.
 */
export async function routeCompletions(
  ctx: Ctx,
  options: DeliveryTerms,
  memory: CompletionMemory,
  observer: Budget,
): Promise<{ skipped_historical_events: number }> {
  // A pass that finds nothing must not ask for the lock, which others may hold.
  if (await ctx.store.peek((tx) => dispatchRows.listStaleCompletions(tx, 1).length > 0)) {
    const stale = await ctx.store.fast((tx) => failStaleCompletions(tx, options.dispatcher_id, observer.remaining()));
    for (const result of stale) observer.onResult(result);
  }

  const waiting = await ctx.store.peek((tx) => dispatchRows.listReclaimableCompletions(tx, observer.remaining()));
  for (const pending of waiting) {
    if (observer.remaining() <= 0) break;
    const turn = { ...pending, item_id: pending.id };
    await settle(ctx, options, observer, turn, (tx) => reclaim(ctx, tx, options, pending));
  }

  for (const { binding, turn } of await lostTurns(ctx)) {
    if (observer.remaining() <= 0) break;
    const { task, binding_id } = binding;
    const subject = { task_id: task.id, binding_id, correlation_id: null, item_id: null };
    await settle(ctx, options, observer, { ...subject, source_event_id: turn.source_event_id }, (tx) =>
      report(ctx, tx, options, binding, { turn, proof: null }),
    );
  }

  const known = await ctx.store.peek(dispatchRows.turnsKnown);
  if (known === memory.all_judged) return { skipped_historical_events: 0 };
  let skipped = 0;
  let isLeft = false;
  for (const binding of await ctx.store.peek(dispatchRows.listWatchedBindings)) {
    const judged = memory.judged_ends.get(binding.binding_id) ?? 0;
    const found = await ctx.store.peek((tx) => {
      const turns = turnsToReport(ctx.agents, tx, binding, judged);
      skipped += skippedHistorical(tx, binding, turns);
      return turns;
    });
    let reported = 0;
    const subject = { task_id: binding.task.id, binding_id: binding.binding_id, correlation_id: null, item_id: null };
    for (const turn of found.turns) {
      if (observer.remaining() <= 0) break;
      // Looked at outside of the transaction: it reads files.
      const proof = turn.outcome === "completed" ? await proofCountsOf(ctx, binding.task.id) : null;
      await settle(ctx, options, observer, { ...subject, source_event_id: turn.source_event_id }, (tx) =>
        report(ctx, tx, options, binding, { turn, proof }),
      );
      reported += 1;
    }
    if (reported < found.turns.length) isLeft = true;
    else if (found.newest_judged !== null) memory.judged_ends.set(binding.binding_id, found.newest_judged);
  }
  if (!isLeft) memory.all_judged = known;
  return { skipped_historical_events: skipped };
}

/** What a dry run shows of the completions that a pass would act on. */
export function planCompletions(
  agents: Agents,
  tx: FastTx,
  limit: number,
): { planned: DispatchResult[]; skipped_historical_events: number } {
  const planned: DispatchResult[] = [];
  for (const pending of [
    ...dispatchRows.listStaleCompletions(tx, limit),
    ...dispatchRows.listReclaimableCompletions(tx, limit),
  ]) {
    planned.push({
      ...plan(pending.binding_id, pending.dedupe_key, pending.target.name, pending.task_name),
      correlation_id: pending.correlation_id,
      source_event_id: pending.source_event_id,
      recovery: true,
    });
  }
  let skipped_historical_events = 0;
  for (const binding of dispatchRows.listWatchedBindings(tx)) {
    const found = turnsToReport(agents, tx, binding, 0);
    skipped_historical_events += skippedHistorical(tx, binding, found);
    for (const turn of found.turns) {
      const dedupe_key = dedupeKeyOf(binding, turn);
      planned.push({
        ...plan(binding.binding_id, dedupe_key, binding.manager.name, binding.task.name),
        correlation_id: null,
        source_event_id: turn.source_event_id,
      });
    }
  }
  return { planned: planned.slice(0, limit), skipped_historical_events };
}

function plan(binding_id: string, dedupe_key: string, target_session: string, task: string): DispatchResult {
  return {
    binding_id,
    dedupe_key,
    dry_run: true,
    signal_type: COMPLETION_SIGNAL,
    state: "planned",
    target_session,
    task,
  };
}

/** Whether anything waits for the completion pass. */
export function hasWaitingCompletions(agents: Agents, tx: FastTx, memory: CompletionMemory): boolean {
  if (dispatchRows.listReclaimableCompletions(tx, 1).length > 0) return true;
  if (dispatchRows.listStaleCompletions(tx, 1).length > 0) return true;
  if (dispatchRows.turnsKnown(tx) === memory.all_judged) return false;
  return dispatchRows
    .listWatchedBindings(tx)
    .some(
      (binding) => turnsToReport(agents, tx, binding, memory.judged_ends.get(binding.binding_id) ?? 0).turns.length > 0,
    );
}

/** Take one finished turn to its end, however it ends; only a ledger that cannot be written is thrown. */
async function settle(
  ctx: Ctx,
  options: DeliveryTerms,
  observer: DeliveryObserver,
  turn: UnreportedTurn,
  begin: (tx: FastTx) => Step | null,
): Promise<void> {
  const result = await resultOf(ctx, options, begin).catch((thrown: unknown) => {
    if (dispatchRows.isLedgerTrouble(thrown)) throw thrown;
    return ctx.store.fast((tx) => giveUpReport(tx, options.dispatcher_id, turn, thrown));
  });
  if (result === null) return;
  observer.onResult(result);
  await observer.betweenItems();
}

async function resultOf(
  ctx: Ctx,
  options: DeliveryTerms,
  begin: (tx: FastTx) => Step | null,
): Promise<DispatchResult | null> {
  const step = await ctx.store.fast((tx) => {
    const begun = begin(tx);
    crashPoint(ctx, "completion_detected");
    return begun;
  });
  if (step === null) return null;
  crashPoint(ctx, "completion_claimed");
  return step.kind === "ended" ? step.result : pushCompletion(ctx, step.completion, options.lease_seconds);
}
