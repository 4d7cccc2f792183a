import type { InboxItem, Input } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { inboxRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { type LiveItem, liveItems } from "../shared/live.ts";
import { lookOnce } from "../shared/look-once.ts";
import { inboxItemOf } from "./item.ts";
import { type InboxFinder, roleInbox, sessionInbox } from "./scope.ts";
import { untilDelivery } from "./until-delivery.ts";

/** How many items are read at a time; the next ones are read when these are taken. */
const BATCH = 20;

/**
 * The items of an inbox as they are delivered (spec 03 §13 item 5): first those that wait, then every new one, in the
 * order of their delivery, each once. The id of an item is the ledger's sequence number of its delivery; given back as
 * `after` the stream goes on behind it. Throws `usage`, `invalid_input`, and what the inbox commands throw, also when the
 * binding ends while somebody follows.
 */
export async function* onItem(
  ctx: Ctx,
  input: Input<"inbox.onItem">,
  after: string | undefined,
): AsyncGenerator<LiveItem<InboxItem>> {
  const known = after === undefined ? undefined : numberOf(after);
  const find = await finderOf(ctx, input);
  const present = await ctx.store.peek(inboxRows.currentSequence);
  // A ledger that was put back to an earlier state knows less than its reader, who then has to see everything again.
  const isKnown = known !== undefined && known <= present;
  let cursor = isKnown ? known : 0;
  // A reader that comes back must also see what was delivered, and perhaps taken by another, while it was away.
  const live_after = isKnown ? known : present;
  let { scope } = await ctx.store.peek(find);
  const next = async () => {
    // A session's inbox stays its own; who has a role of a task may change.
    if (input.session === undefined) ({ scope } = await ctx.store.peek(find));
    const found = await deliveries(ctx, { ...scope, after: cursor, live_after: Math.max(live_after, cursor) });
    cursor = found.seen;
    return found.items;
  };
  yield* liveItems(ctx, next, { sleep: (options) => untilDelivery(ctx, { scope, after: cursor }, options) });
}

interface Deliveries {
  items: LiveItem<InboxItem>[];
  /** Up to here everything is among them, or not for this reader. */
  seen: number;
}

/** The next items; read once for all who follow the same inbox and have seen the same. */
function deliveries({ store }: Ctx, request: Omit<inboxRows.FollowRequest, "limit">): Promise<Deliveries> {
  return lookOnce(store, `inbox ${JSON.stringify(request)}`, () =>
    store.peek((tx) => {
      const rows = inboxRows.itemsDeliveredAfter(tx, { ...request, limit: BATCH });
      return {
        items: rows.map((row) => ({ id: String(row.delivered_seq), data: inboxItemOf(tx, row) })),
        seen: rows.length < BATCH ? inboxRows.currentSequence(tx) : (rows.at(-1)?.delivered_seq ?? request.after),
      };
    }),
  );
}

function numberOf(after: string): number {
  if (/^\d{1,15}$/.test(after)) return Number(after);
  throw new ConveyorError("invalid_input", `${JSON.stringify(after)} is not the id of an item that was sent before`, {
    hint: "go on with the id of the last item received, or without one",
  });
}

async function finderOf(ctx: Ctx, { session, task, role }: Input<"inbox.onItem">): Promise<InboxFinder> {
  if (session !== undefined && task === undefined && role === undefined) return sessionInbox(ctx, session);
  if (session === undefined && task !== undefined && role !== undefined) return roleInbox(ctx, task, role);
  throw new ConveyorError("usage", "name a session, or a task together with one of its roles", {
    hint: "`conveyor session-inbox SESSION --follow`, or with --task TASK --role worker|manager instead of the session",
  });
}
