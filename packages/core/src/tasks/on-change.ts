import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { OPEN_TASK_STATES } from "@conveyor/contracts/tasks/words";
import { type FastTx, lookups, type Prisma, type ReadTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { untilThere } from "../shared/bell.ts";
import { type LiveItem, liveItems } from "../shared/live.ts";
import { lookOnce } from "../shared/look-once.ts";
import { agentsOf, taskListItems, withBudget } from "./task-list-item.ts";

/** Most tasks read at once. */
const BATCH = 50;

/** Where a reader stands, as the id of an item says it. */
interface Position {
  /** The last change that the reader knows. */
  updated_seq: number;
  /** One transaction may change several tasks: the task's own number decides among them. */
  seq: number;
  /** The ledger's sequence when the reader began; what changed later is reported whether open or closed. */
  began: number;
}

/**
 * Follow tasks: the present ones in order of their last change, then each one that changes. Item ids are positions in
 * the ledger's sequence, so a reader that comes back with one gets exactly what it missed, from any server. Throws
 * `invalid_input` for an invalid id.
 */
export async function* onChange(
  ctx: Ctx,
  input: Input<"tasks.onChange">,
  after?: string,
): AsyncGenerator<LiveItem<Output<"tasks.onChange">>> {
  const present = await ctx.store.read(currentSequence);
  const known = after === undefined ? undefined : parsePosition(after);
  // A ledger that was put back to an earlier state knows less than its reader, who then has to see everything again.
  const begins = known === undefined || Math.max(known.updated_seq, known.began) > present;
  const { began, ...start } = begins ? { updated_seq: 0, seq: 0, began: present } : known;
  let last = start;
  /** The newest change to any task when there was nothing more to tell. */
  let settled: number | undefined;

  const next = async () => {
    const newest = await lookOnce(ctx.store, "newest task change", () => ctx.store.peek(lookups.newestTaskChange));
    if (newest === settled) return [];
    const { rows, items } = await changedTasks(ctx, last, input.active ? began : null);
    if (rows.length < BATCH) settled = newest;
    last = rows.at(-1) ?? last;
    return rows.map(({ updated_seq, seq }, i) => ({
      id: `${updated_seq}.${seq}.${began}`,
      data: items[i] as Output<"tasks.onChange">,
    }));
  };
  const isThere = (tx: FastTx) => lookups.newestTaskChange(tx) !== settled;
  yield* liveItems(ctx, next, { sleep: (options) => untilThere(ctx, { key: `tasks ${settled}`, isThere }, options) });
}

/** The next tasks that changed; with `open_or_after` only those that are open or changed behind that number. */
function changedTasks(ctx: Ctx, { updated_seq, seq }: Omit<Position, "began">, open_or_after: number | null) {
  const where = {
    AND: [changedAfter({ updated_seq, seq }), open_or_after === null ? {} : openOrChangedAfter(open_or_after)],
  };
  return lookOnce(ctx.store, `tasks ${updated_seq} ${seq} ${open_or_after}`, async () => {
    const seen = await ctx.store.read(async (tx) => {
      const rows = await tx.db.tasks.findMany({
        where,
        orderBy: [{ updated_seq: "asc" }, { seq: "asc" }],
        take: BATCH,
        include: withBudget,
      });
      return { rows, ...agentsOf(tx, rows) };
    });
    return { rows: seen.rows, items: await taskListItems(ctx, seen) };
  });
}

function changedAfter({ updated_seq, seq }: Omit<Position, "began">): Prisma.tasksWhereInput {
  return { OR: [{ updated_seq: { gt: updated_seq } }, { updated_seq, seq: { gt: seq } }] };
}

function openOrChangedAfter(sequence: number): Prisma.tasksWhereInput {
  return { OR: [{ state: { in: [...OPEN_TASK_STATES] } }, { updated_seq: { gt: sequence } }] };
}

async function currentSequence(tx: ReadTx): Promise<number> {
  return (await tx.db.ledger_sequence.findFirst())?.value ?? 0;
}

function parsePosition(id: string): Position {
  const [, updated_seq, seq, began] = /^(\d{1,15})\.(\d{1,15})\.(\d{1,15})$/.exec(id) ?? [];
  if (updated_seq === undefined || seq === undefined || began === undefined) {
    throw new ConveyorError("invalid_input", `${JSON.stringify(id)} is not the id of an item of this stream`, {
      hint: "leave it out to begin with the present tasks",
    });
  }
  return { updated_seq: Number(updated_seq), seq: Number(seq), began: Number(began) };
}
