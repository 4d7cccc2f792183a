import type { Dispatcher, Input } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { dispatchRows, inboxRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { type LiveItem, liveItems } from "../shared/live.ts";
import { lookOnce } from "../shared/look-once.ts";
import { dispatcherOf } from "./status/dispatcher-state.ts";

/** How many changed rows are read at a time. */
const BATCH = 50;
/** A process dies silently in the ledger; interval of the checks whether they still work, in milliseconds. */
const LIFE_BEAT_MS = 3_000;

/** Where a reader stands, as the id of an item says it. */
interface Position {
  /** The last change that the reader knows. */
  last: number;
  /** The changes with which it was told of dispatchers that were active then. */
  active: readonly number[];
}

/**
 * Follow dispatchers: first each one that has not stopped, then one item whenever one starts, beats, falls silent or
 * stops; beats that come faster than they are read are told as one. Item ids are positions in the ledger's sequence, so a
 * reader that comes back with one gets exactly what it missed, from any server. Throws `invalid_input` for an id that is
 * none (spec 03 §4.6, §6.11).
 */
export async function* onHeartbeat(
  ctx: Ctx,
  input: Input<"dispatch.onHeartbeat">,
  after?: string,
): AsyncGenerator<LiveItem<Dispatcher>> {
  const dispatcher_id = input.dispatcher_id ?? null;
  const present = await ctx.store.peek(inboxRows.currentSequence);
  const known = after === undefined ? undefined : parsePosition(after);
  // A ledger that was put back to an earlier state knows less than its reader, who then has to see everything again.
  const isKnown = known !== undefined && known.last <= present;
  const live_after = isKnown ? known.last : present;
  let last = isKnown ? known.last : 0;
  let active: readonly number[] = isKnown ? known.active : [];
  let looked_at = Number.NEGATIVE_INFINITY;

  const tell = (data: Dispatcher): LiveItem<Dispatcher> => ({ id: [last, ...active].join("."), data });

  async function silenced(rows: readonly dispatchRows.DispatcherRow[]): Promise<LiveItem<Dispatcher>[]> {
    const now = ctx.host.clock.monotonic_ms();
    if (now - looked_at < LIFE_BEAT_MS) return [];
    looked_at = now;
    const items: LiveItem<Dispatcher>[] = [];
    for (const row of rows) {
      const data = await dispatcherOf(ctx, row);
      if (data.state === "active") continue;
      active = active.filter((seq) => seq !== row.seq);
      items.push(tell(data));
    }
    return items;
  }

  async function changed(rows: readonly dispatchRows.DispatcherRow[]): Promise<LiveItem<Dispatcher>[]> {
    const items: LiveItem<Dispatcher>[] = [];
    for (const row of rows) {
      const data = await dispatcherOf(ctx, row);
      last = row.seq;
      if (data.state === "active") active = [...active, row.seq];
      items.push(tell(data));
    }
    return items;
  }

  const next = async () => {
    const request = { after: last, live_after: Math.max(live_after, last), dispatcher_id, limit: BATCH };
    const told = active;
    const rows = await lookOnce(ctx.store, `dispatchers ${JSON.stringify([request, told])}`, () =>
      ctx.store.peek((tx) => ({
        unchanged: told.length === 0 ? [] : dispatchRows.dispatchersBySeq(tx, told),
        changed: dispatchRows.changedDispatchers(tx, request),
      })),
    );
    active = rows.unchanged.map(({ seq }) => seq);
    return [...(await silenced(rows.unchanged)), ...(await changed(rows.changed))];
  };
  yield* liveItems(ctx, next, { beat_ms: LIFE_BEAT_MS });
}

function parsePosition(id: string): Position {
  if (/^\d{1,15}(\.\d{1,15})*$/.test(id)) {
    const [last = 0, ...active] = id.split(".").map(Number);
    return { last, active };
  }
  throw new ConveyorError("invalid_input", `${JSON.stringify(id)} is not the id of an item of this stream`, {
    hint: "leave it out to begin with the dispatchers that have not stopped",
  });
}
