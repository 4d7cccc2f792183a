import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { lookups } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { type LiveItem, liveItems } from "../shared/live.ts";
import { findThing, taskOfThing } from "./thing.ts";

/** How many entries are read at a time. */
const BATCH = 100;

/** What happened to a session or a task, the newest entries in the order of the ledger (spec 10.3). Throws `not_found`, `ambiguous`. */
export async function logs(ctx: Ctx, input: Input<"everyday.logs">): Promise<Output<"everyday.logs">> {
  const whose = await subjectOf(ctx, input.ref);
  return ctx.store.peek((tx) =>
    lookups.timelineRows(tx, { ...whose, after_seq: 0, limit: input.limit, take: "newest" }),
  );
}

/**
 * The same, and then whatever happens. Item ids are places in the ledger's order, so that a reader that comes back with one
 * gets exactly what it missed. Throws `not_found`, `ambiguous`, `invalid_input` for an id that is none.
 */
export async function* onLog(
  ctx: Ctx,
  input: Input<"everyday.onLog">,
  after?: string,
): AsyncGenerator<LiveItem<Output<"everyday.onLog">>> {
  const whose = await subjectOf(ctx, input.ref);
  let last = after === undefined ? undefined : parsePlace(after);
  const next = async () => {
    const part =
      last === undefined
        ? ({ after_seq: 0, limit: input.limit, take: "newest" } as const)
        : ({ after_seq: last, limit: BATCH, take: "oldest" } as const);
    const rows = await ctx.store.peek((tx) => lookups.timelineRows(tx, { ...whose, ...part }));
    last = rows.at(-1)?.seq ?? last ?? 0;
    return rows.map((data) => ({ id: String(data.seq), data }));
  };
  yield* liveItems(ctx, next);
}

type Whose = Pick<lookups.TimelineRequest, "task_id" | "session_ids">;

/** A session with what was sent through its task, or a task with all that ever worked on it. */
function subjectOf(ctx: Ctx, reference: string): Promise<Whose> {
  return ctx.store.peek((tx) => {
    const thing = findThing(tx, reference);
    if (thing.kind === "session") return { task_id: null, session_ids: [thing.row.id] };
    const task_id = taskOfThing(tx, thing);
    return { task_id, session_ids: task_id === null ? [] : lookups.sessionsOfTask(tx, task_id) };
  });
}

function parsePlace(id: string): number {
  if (/^\d{1,15}$/.test(id)) return Number(id);
  throw new ConveyorError("invalid_input", `${JSON.stringify(id)} is not the id of an item of this stream`, {
    hint: "leave it out to begin with the newest entries",
  });
}
