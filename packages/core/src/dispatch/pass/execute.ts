import type { DispatchResult } from "@conveyor/contracts";
import { asConveyorError } from "@conveyor/contracts/errors";
import { dispatchRows, type FastTx } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";
import { loopRunOf } from "../../loops/gates.ts";
import { crashPoint } from "../../shared/crash-hook.ts";
import { secondsAfter } from "../delivery/back-off.ts";
import { giveUpCommand, tellItemError } from "../delivery/last-resort.ts";
import { type PreparedDelivery, prepareWork, refuseWork } from "../delivery/prepare.ts";
import type { Budget, DeliveryTerms } from "../delivery/terms.ts";
import { claimKeys, DeliveryRefused, type Work } from "../delivery/work.ts";
import { pushCommand } from "../push/push-command.ts";

/** Most commands in one transaction, and the longest one may take: others must get their turn to write. */
const BATCH = { commands: 100, milliseconds: 40 } as const;

/** Which commands are executed, and under whose name. */
export interface ExecuteRequest extends DeliveryTerms {
  types: readonly string[];
  /** Absent: the whole queue. */
  part?: dispatchRows.QueuePart | undefined;
}

/**
 * Claim and execute command after command, oldest first (spec 03 §6.3, §6.4). Those for an inbox are done many to a
 * transaction. Throws only what says that the ledger cannot be written.
 */
export async function executeCommands(ctx: Ctx, request: ExecuteRequest, budget: Budget): Promise<void> {
  const { types, part } = request;
  while (budget.remaining() > 0) {
    if (!(await ctx.store.peek((tx) => dispatchRows.hasClaimableCommand(tx, types, part)))) return;
    const batch = await executeNext(ctx, request, budget.remaining());
    for (const result of batch.results) budget.onResult(result);
    if (batch.push !== undefined) {
      crashPoint(ctx, "item_inserted");
      budget.onResult(await pushIsolated(ctx, batch.push, request.lease_seconds));
    }
    await budget.betweenItems();
  }
}

interface Batch {
  results: DispatchResult[];
  /** The last one goes to a terminal and is pushed after the transaction. */
  push: Extract<PreparedDelivery, { kind: "push" }>["delivery"] | undefined;
}

type Next = (ctx: Ctx, tx: FastTx, request: ExecuteRequest) => PreparedDelivery | undefined;

/**
 * Execute the next commands in one transaction. When one of them fails in an unforeseen way, all is undone and
 * done again with each command shielded from the others; shielding every time would cost more than the work itself.
 */
async function executeNext(ctx: Ctx, request: ExecuteRequest, limit: number): Promise<Batch> {
  try {
    return await ctx.store.fast((tx) => executeBatch(ctx, tx, request, { limit, next }));
  } catch (thrown) {
    if (dispatchRows.isLedgerTrouble(thrown)) throw thrown;
    return ctx.store.fast((tx) => executeBatch(ctx, tx, request, { limit, next: nextShielded }));
  }
}

function executeBatch(
  ctx: Ctx,
  tx: FastTx,
  request: ExecuteRequest,
  { limit, next }: { limit: number; next: Next },
): Batch {
  const begun = ctx.host.clock.monotonic_ms();
  const results: DispatchResult[] = [];
  while (results.length < Math.min(limit, BATCH.commands)) {
    const prepared = next(ctx, tx, request);
    if (prepared === undefined) break;
    if (prepared.kind === "push") return { results, push: prepared.delivery };
    results.push(prepared.result);
    if (ctx.host.clock.monotonic_ms() - begun > BATCH.milliseconds) break;
  }
  return { results, push: undefined };
}

/** Claim the next command and carry it as far as a transaction can; undefined when there is none. */
function next(ctx: Ctx, tx: FastTx, request: ExecuteRequest): PreparedDelivery | undefined {
  const command = take(ctx, tx, request);
  return command === undefined ? undefined : prepare(ctx, tx, beginAttempt(tx, command, request), request);
}

/** The same for a command that may fail at any point: it ends failed, and what it left half-done is undone. */
function nextShielded(ctx: Ctx, tx: FastTx, request: ExecuteRequest): PreparedDelivery | undefined {
  const command = take(ctx, tx, request);
  if (command === undefined) return undefined;
  const giveUp = (thrown: unknown) => giveUpCommand(tx, command, request.dispatcher_id, thrown);
  const begun = dispatchRows.isolated(tx, () => beginAttempt(tx, command, request));
  if (!begun.ok) return { kind: "ended", result: giveUp(begun.error) };
  const work = begun.value;
  const prepared = dispatchRows.isolated(tx, () => prepare(ctx, tx, work, request));
  if (prepared.ok) return prepared.value;
  const failed = dispatchRows.isolated(tx, () => failUnexpectedly(tx, work, prepared.error));
  return { kind: "ended", result: failed.ok ? failed.value : giveUp(prepared.error) };
}

function take(ctx: Ctx, tx: FastTx, request: ExecuteRequest): dispatchRows.ClaimedCommand | undefined {
  const { dispatcher_id, lease_seconds, types, part } = request;
  const command = dispatchRows.claimNextCommand(tx, {
    dispatcher_id,
    types,
    part,
    claim_expires_at: secondsAfter(tx.now, lease_seconds),
    correlation_id: ctx.host.ids.next("dispatch"),
  });
  if (command !== undefined) crashPoint(ctx, "claimed");
  return command;
}

function beginAttempt(tx: FastTx, command: dispatchRows.ClaimedCommand, { dispatcher_id }: ExecuteRequest): Work {
  const { id: command_id, correlation_id } = command;
  const attempt_id = dispatchRows.startAttempt(tx, { command_id, correlation_id, dispatcher_id });
  const work = { command, dispatcher_id, attempt_id };
  tx.tell("dispatch_command_claimed", {
    summary: `command ${command.type} claimed by ${dispatcher_id}`,
    task_id: command.task_id,
    run_id: loopRunOf(tx, command),
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

function prepare(ctx: Ctx, tx: FastTx, work: Work, { holder }: ExecuteRequest): PreparedDelivery {
  const prepared = prepareWork(ctx, tx, work);
  if (prepared.kind === "push") holder.register(tx);
  return prepared;
}

/** A command that could not even be looked at ends failed, so that it cannot stop the queue (spec 03 §6.1). */
function failUnexpectedly(tx: FastTx, work: Work, thrown: unknown): DispatchResult {
  const { message } = asConveyorError(thrown);
  tellItemError(tx, subjectOf(work), message);
  return refuseWork(tx, work, new DeliveryRefused("internal", message));
}

/** Push; an unforeseen error could not even be recorded, and is left to the recovery of the lease. */
async function pushIsolated(
  ctx: Ctx,
  delivery: NonNullable<Batch["push"]>,
  lease_seconds: number,
): Promise<DispatchResult> {
  try {
    return await pushCommand(ctx, delivery, lease_seconds);
  } catch (thrown) {
    if (dispatchRows.isLedgerTrouble(thrown)) throw thrown;
    const { message } = asConveyorError(thrown);
    await ctx.store.fast((tx) => tellItemError(tx, subjectOf(delivery.work), message));
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

const subjectOf = (work: Work) => ({
  what: `command ${work.command.type}`,
  task_id: work.command.task_id,
  correlation: claimKeys(work),
});
