import type { InboxItem, InputOf, operations } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { inboxRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { type LiveItem, liveItems } from "../shared/live.ts";
import { inboxItemOf } from "./item.ts";
import { type InboxFinder, roleInbox, sessionInbox } from "./scope.ts";

type OnItem = (typeof operations)["inbox"]["onItem"];

/** How many items are read at a time; the next ones are read when these are taken. */
const BATCH = 20;

/**
 * The items of an inbox as they are delivered (spec 03 §13 item 5): first those that wait, then every new one, in the
 * order of their delivery, each once. The id of an item is the ledger's sequence number of its delivery; given back as
 * `after` the stream goes on behind it. Throws `usage`, `invalid_input`, and what the inbox commands throw, also when the
 * binding ends while somebody follows.
 */
export async function* followInbox(
  ctx: Ctx,
  input: InputOf<OnItem>,
  after: string | undefined,
): AsyncGenerator<LiveItem<InboxItem>> {
  let cursor = cursorOf(after);
  const find = await finderOf(ctx, input);
  // A reader that comes back must also see what was delivered, and perhaps taken by another, while it was away.
  const live_after = after === undefined ? await ctx.store.peek(inboxRows.currentSequence) : cursor;
  const next = async () => {
    const items = await ctx.store.peek((tx) =>
      inboxRows
        .itemsDeliveredAfter(tx, { ...find(tx).scope, after: cursor, live_after, limit: BATCH })
        .map((row) => ({ seq: row.delivered_seq ?? 0, data: inboxItemOf(tx, row) })),
    );
    cursor = items.at(-1)?.seq ?? cursor;
    return items;
  };
  for await (const { seq, data } of liveItems(ctx, next)) yield { id: String(seq), data };
}

function cursorOf(after: string | undefined): number {
  if (after === undefined) return 0;
  if (/^\d{1,15}$/.test(after)) return Number(after);
  throw new ConveyorError("invalid_input", `${JSON.stringify(after)} is not the id of an item that was sent before`, {
    hint: "go on with the id of the last item received, or without one",
  });
}

async function finderOf(ctx: Ctx, { session, task, role }: InputOf<OnItem>): Promise<InboxFinder> {
  if (session !== undefined && task === undefined && role === undefined) return sessionInbox(ctx, session);
  if (session === undefined && task !== undefined && role !== undefined) return roleInbox(ctx, task, role);
  throw new ConveyorError("usage", "name a session, or a task together with one of its roles", {
    hint: "`conveyor session-inbox SESSION --follow`, or with --task TASK --role worker|manager instead of the session",
  });
}
