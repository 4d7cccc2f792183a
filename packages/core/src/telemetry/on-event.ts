import type { Input, TelemetryEvent } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { inboxRows, telemetryRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { type LiveItem, type LiveMark, liveItems } from "../shared/live.ts";
import { lookOnce } from "../shared/look-once.ts";
import { filterOf, telemetryEventOf } from "./filter.ts";

/** How many events are read at a time. */
const BATCH = 100;

/**
 * Matching events as they are recorded, in the order of the ledger's sequence, each once (spec 07 §7.13 item 1). Begins with
 * the newest `backlog` ones, which by default are none, and says first where that is, so that a reader that is cut off
 * before its first event misses nothing either. The id of an event is its number in the sequence; given back as `after` the
 * stream goes on behind it, whatever was pruned meanwhile. Throws `invalid_input`, `not_found`, `ambiguous`.
 */
export async function* onEvent(
  ctx: Ctx,
  input: Input<"telemetry.onEvent">,
  after?: string,
): AsyncGenerator<LiveItem<TelemetryEvent> | LiveMark> {
  const known = after === undefined ? undefined : numberOf(after);
  const { filter, begin } = await ctx.store.peek((tx) => {
    const filter = filterOf(ctx, tx, input);
    const present = inboxRows.currentSequence(tx);
    // A ledger that was put back to an earlier state has not had what its reader knows: what comes now is new.
    if (known !== undefined) return { filter, begin: Math.min(known, present) };
    return { filter, begin: telemetryRows.positionBeforeNewest(tx, filter, input.backlog, present) };
  });
  let cursor = begin;
  if (known === undefined) yield { id: String(begin), data: null };

  const next = async () => {
    const found = await events(ctx, { ...filter, after: cursor });
    cursor = found.seen;
    return found.items;
  };
  yield* liveItems(ctx, next);
}

interface Events {
  items: LiveItem<TelemetryEvent>[];
  /** Up to here everything is among them, or does not match. */
  seen: number;
}

/** The next events; read once for all who follow the same and have seen the same. */
function events({ store }: Ctx, filter: telemetryRows.TelemetryFilter & { after: number }): Promise<Events> {
  return lookOnce(store, `telemetry ${JSON.stringify(filter)}`, () =>
    store.peek((tx) => {
      const rows = telemetryRows.telemetryAfter(tx, filter, BATCH);
      return {
        items: rows.map(({ seq, ...row }) => ({ id: String(seq), data: telemetryEventOf(row) })),
        seen: rows.length < BATCH ? inboxRows.currentSequence(tx) : (rows.at(-1)?.seq ?? filter.after),
      };
    }),
  );
}

function numberOf(id: string): number {
  if (/^\d{1,15}$/.test(id)) return Number(id);
  throw new ConveyorError("invalid_input", `${JSON.stringify(id)} is not the id of an event of this stream`, {
    hint: "go on with the id of the last event received, or without one",
  });
}
