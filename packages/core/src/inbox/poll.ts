import type { InboxDocument, InboxItem, PollInput, TakeInput } from "@conveyor/contracts";
import { asConveyorError } from "@conveyor/contracts/errors";
import { type FastTx, inboxRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { crashPoint } from "../shared/crash-hook.ts";
import { assertReadable } from "../shared/readable-answer.ts";
import { consumeNext } from "./consume.ts";
import { inboxItemOf } from "./item.ts";
import { putBackOverdue } from "./put-back.ts";
import type { InboxFinder, OpenInbox } from "./scope.ts";
import { untilDelivery } from "./until-delivery.ts";

/** While a consumer waits it shows that it lives this often, well within every lease (spec 03 §6.11). */
const HEARTBEAT_EVERY_MS = 60_000;

/** What one look at an inbox saw. */
type Look = Pick<
  InboxDocument,
  "consumed" | "items" | "pending_count" | "other_bindings_pending_count" | "session" | "task"
>;

/** One look, and whose inbox that was; `count` is the number of this look, from 1. */
type Looker = (count: number) => Promise<{ seen: Look; scope: inboxRows.InboxScope }>;

/** The unconsumed items; writes nothing (spec 03 §7.6). Errors are those of the finder. */
export async function listInbox(ctx: Ctx, find: InboxFinder, input: PollInput): Promise<InboxDocument> {
  const look: Looker = () => ctx.store.peek((tx) => lookAt(tx, find(tx), null, input.limit));
  return poll(ctx, input, look, (seen) => seen.pending_count > 0);
}

/**
 * Take the oldest item; shows that the session lives, also when there is none (spec 03 §6.9, §7.6). Items that were taken
 * for a time and not acknowledged in it are returned first.
 */
export async function takeFromInbox(ctx: Ctx, find: InboxFinder, input: TakeInput): Promise<InboxDocument> {
  const { clock } = ctx.host;
  let lastBeat = Number.NEGATIVE_INFINITY;
  const look: Looker = async (count) => {
    const isBeatDue = clock.monotonic_ms() - lastBeat >= HEARTBEAT_EVERY_MS;
    if (!isBeatDue) {
      // Several may wait and only one gets the item: look before taking the write lock.
      const { seen, scope, overdue } = await ctx.store.peek((tx) => {
        const open = find(tx);
        return { ...lookAt(tx, open, null, input.limit), overdue: inboxRows.hasOverdueItem(tx, open.scope) };
      });
      if (seen.pending_count === 0 && !overdue) return { seen, scope };
    }
    // Handle the events that arrived while we slept: they may say that the caller has hung up.
    if (input.wait) await new Promise((resolve) => setImmediate(resolve));
    const taken = await ctx.store.fast((tx) => {
      const open = find(tx);
      // Checked right before taking: an item taken for a caller that has gone away would be lost.
      if (ctx.signal.aborted) return lookAt(tx, open, null, input.limit);
      putBackOverdue(tx);
      const taken = consumeNext(ctx, tx, open.scope, { poll_count: count, wait_enabled: input.wait, via: "inbox" });
      const consumed = taken === undefined ? null : withTerm(tx, taken, input.ack_within);
      if (isBeatDue) beat(tx, open);
      const look = lookAt(tx, open, consumed, input.limit);
      if (consumed !== null) assertReadable(ctx, look.seen);
      return look;
    });
    if (isBeatDue) lastBeat = clock.monotonic_ms();
    if (taken.seen.consumed !== null) crashPoint(ctx, "consumed");
    return taken;
  };
  return poll(ctx, input, look, (seen) => seen.consumed !== null, HEARTBEAT_EVERY_MS);
}

function withTerm(tx: FastTx, item: InboxItem, ack_within: number | undefined): InboxItem {
  if (ack_within === undefined) return item;
  const ack_due_at = new Date(Date.parse(tx.now) + ack_within * 1000).toISOString();
  inboxRows.setAckTerm(tx, item.id, ack_due_at);
  return { ...item, ack_due_at };
}

function beat(tx: FastTx, { session, scope, task }: OpenInbox): void {
  inboxRows.recordRoleHeartbeat(tx, {
    session_id: session.id,
    role: session.role,
    task_id: task?.id ?? null,
    binding_id: scope.binding_id,
    source: "inbox",
    event_id: null,
  });
}

function lookAt(tx: FastTx, open: OpenInbox, consumed: InboxItem | null, limit: number): Awaited<ReturnType<Looker>> {
  const { scope, session, task } = open;
  const pending_count = inboxRows.countItems(tx, scope);
  const seen: Look = {
    consumed,
    items: inboxRows.listItems(tx, scope, limit).map((row) => inboxItemOf(tx, row)),
    pending_count,
    other_bindings_pending_count:
      scope.binding_id === null
        ? inboxRows.countLeftovers(tx, session.id)
        : inboxRows.countItems(tx, { ...scope, binding_id: null }) - pending_count,
    session,
    ...(task !== undefined && { task }),
  };
  return { seen, scope };
}

/** Look until something is found, the time is up or the caller goes away (spec 03 §6.10). */
async function poll(
  ctx: Ctx,
  input: PollInput,
  look: Looker,
  isFound: (seen: Look) => boolean,
  longest_pause_ms = Number.POSITIVE_INFINITY,
): Promise<InboxDocument> {
  const { clock } = ctx.host;
  const begun = clock.monotonic_ms();
  const elapsed = () => (clock.monotonic_ms() - begun) / 1000;
  for (let count = 1; ; count += 1) {
    // Taken before looking: what is written while we look wakes the next wait at once.
    const version = ctx.store.changes.version;
    const looked = await look(count).catch((thrown: unknown) => {
      // It waits anyway, so it can also wait until another process releases the ledger.
      const { code } = asConveyorError(thrown);
      if (code !== "ledger_busy" || !input.wait || elapsed() >= input.timeout || ctx.signal.aborted) throw thrown;
    });
    if (looked === undefined) continue;
    const { seen, scope } = looked;
    const left = input.timeout - elapsed();
    const found = isFound(seen);
    const interrupted = ctx.signal.aborted && !found;
    const timed_out = input.wait && !found && !interrupted && left <= 0;
    if (!input.wait || found || interrupted || timed_out) {
      return document(input, seen, { count, elapsed: elapsed(), timed_out, interrupted: input.wait && interrupted });
    }
    const timeout_ms = Math.min(input.interval * 1000, left * 1000, longest_pause_ms);
    await untilDelivery(ctx, { scope, after: null }, { since: version, timeout_ms });
  }
}

interface Ended {
  count: number;
  elapsed: number;
  timed_out: boolean;
  interrupted: boolean;
}

function document(input: PollInput, seen: Look, ended: Ended): InboxDocument {
  return {
    ...seen,
    wait: {
      elapsed_seconds: Math.round(ended.elapsed * 1000) / 1000,
      enabled: input.wait,
      interval_seconds: input.interval,
      poll_count: ended.count,
      timed_out: ended.timed_out,
      timeout_seconds: input.timeout,
    },
    ...(ended.interrupted && { interrupted: true }),
  };
}
