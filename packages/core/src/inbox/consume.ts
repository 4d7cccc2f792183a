import type { InboxItem } from "@conveyor/contracts";
import { type FastTx, inboxRows, loopRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { advanceLoop } from "../loops/advance-loop.ts";
import { crashPoint } from "../shared/crash-hook.ts";
import { inboxItemOf } from "./item.ts";

/** How the call that consumes was made, for telemetry. */
export interface Consumption {
  poll_count: number;
  wait_enabled: boolean;
  via: "inbox" | "cycle";
}

/** A cycle shows at most this many waiting items. */
const MOST_WAITING_SHOWN = 1000;

/**
 * Take the oldest item for its session, and let the loop move on when it begins an iteration, all in this transaction
 * (spec 03 §6.9). Undefined when there is none.
 */
export function consumeNext(
  ctx: Ctx,
  tx: FastTx,
  scope: inboxRows.InboxScope,
  consumption: Consumption,
): InboxItem | undefined {
  const row = inboxRows.takeNextItem(tx, scope);
  if (row === undefined) return undefined;
  crashPoint(ctx, "item_consumed");
  const item = inboxItemOf(tx, row);
  const loop = loopOf(tx, item);
  if (loop !== undefined) {
    advanceLoop(tx, {
      ...loop,
      notification_id: item.id,
      command_id: item.command_id,
      correlation_id: item.correlation_id,
      task_id: item.task_id,
      target_session_name: item.target_session_name,
      consumed_by_session_id: item.consumed_by_session_id,
      advanced_by: "inbox_consume",
    });
  }
  tellConsumed(tx, item, consumption, loop?.run_id);
  return item;
}

/**
 * Take everything that was pushed to the session and not consumed, on behalf of one of its cycles: a session that runs a
 * cycle has seen its terminal (spec 03 §7.6). What waits to be pulled stays.
 */
export function consumePushedItems(tx: FastTx, scope: inboxRows.InboxScope, cycle_id: number): InboxItem[] {
  const items = inboxRows.takePushedItems(tx, scope, cycle_id).map((row) => inboxItemOf(tx, row));
  for (const item of items) {
    tellConsumed(tx, item, { poll_count: 0, wait_enabled: false, via: "cycle" }, loopOf(tx, item)?.run_id);
  }
  return items;
}

/** What was unconsumed before `consumed` was taken: those items and the ones still waiting, oldest first. */
export function waitingItems(tx: FastTx, scope: inboxRows.InboxScope, consumed: readonly InboxItem[]): InboxItem[] {
  const waiting = inboxRows.listItems(tx, scope, MOST_WAITING_SHOWN).map((row) => inboxItemOf(tx, row));
  // Ids rise in the order in which items were written, as their sequence does.
  return [...consumed, ...waiting].sort((a, b) => a.id - b.id);
}

function tellConsumed(tx: FastTx, item: InboxItem, consumption: Consumption, run_id: string | undefined): void {
  tx.tell("dispatch_inbox_consumed", {
    summary: `${item.target_session_name} took a ${item.signal_type}`,
    task_id: item.task_id,
    run_id,
    correlation: {
      correlation_id: item.correlation_id,
      notification_id: item.id,
      signal_type: item.signal_type,
      target_session_id: item.target_session_id,
    },
    attributes: {
      consumed_by_session_id: item.consumed_by_session_id,
      delivery_mode: item.delivery_mode,
      ...consumption,
      source_session_name: item.source_session_name,
      target_session_name: item.target_session_name,
      target_session_role: item.target_session_role,
    },
  });
}

/** The iteration that a continuation asks for, when its run exists in the item's task. */
function loopOf(tx: FastTx, item: InboxItem): { run_id: string; requested_iteration: number } | undefined {
  if (item.signal_type !== "continue_iteration") return undefined;
  const loop = item.payload["ralph_loop"] as { run_id?: unknown; requested_iteration?: unknown } | undefined;
  const { run_id, requested_iteration } = loop ?? {};
  if (typeof run_id !== "string" || !Number.isInteger(requested_iteration)) return undefined;
  const run = loopRows.runById(tx, run_id);
  return run?.task_id === item.task_id ? { run_id, requested_iteration: requested_iteration as number } : undefined;
}
