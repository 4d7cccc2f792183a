import { ConveyorError, type InputOf, OPEN_TASK_STATES, type OutputOf, type operations } from "@conveyor/contracts";
import type { Prisma, ReadTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { type LiveItem, liveItems } from "../shared/live.ts";
import { taskListItem, withBudget } from "./task-list-item.ts";

type Watch = (typeof operations)["tasks"]["onChange"];

/** Most tasks read at once. */
const BATCH = 50;

/** The last change that a reader knows. One transaction may change several tasks, so the task's own number decides among them. */
interface Position {
  updated_seq: number;
  seq: number;
}

const BEGINNING: Position = { updated_seq: 0, seq: 0 };

/**
 * Follow tasks: the present ones in order of their last change, then each one that changes. Item ids are positions in
 * the ledger's sequence, so a reader that comes back with one gets exactly what it missed, from any server. Throws
 * `invalid_input` for an id that is none.
 */
export async function* watchTasks(
  ctx: Ctx,
  input: InputOf<Watch>,
  after?: string,
): AsyncGenerator<LiveItem<OutputOf<Watch>>> {
  const present = await ctx.store.read(currentSequence);
  let position = after === undefined ? BEGINNING : parsePosition(after);
  // A ledger that was put back to an earlier state knows less than its reader, who then has to see everything again.
  if (position.updated_seq > present) position = BEGINNING;

  yield* liveItems(ctx, async () => {
    const rows = await ctx.store.read((tx) =>
      tx.db.tasks.findMany({
        where: { AND: [changedAfter(position), input.active ? openOrChangedAfter(present) : {}] },
        orderBy: [{ updated_seq: "asc" }, { seq: "asc" }],
        take: BATCH,
        include: withBudget,
      }),
    );
    position = rows.at(-1) ?? position;
    return rows.map((row) => ({ id: `${row.updated_seq}.${row.seq}`, data: taskListItem(row) }));
  });
}

function changedAfter({ updated_seq, seq }: Position): Prisma.tasksWhereInput {
  return { OR: [{ updated_seq: { gt: updated_seq } }, { updated_seq, seq: { gt: seq } }] };
}

function openOrChangedAfter(sequence: number): Prisma.tasksWhereInput {
  return { OR: [{ state: { in: [...OPEN_TASK_STATES] } }, { updated_seq: { gt: sequence } }] };
}

async function currentSequence(tx: ReadTx): Promise<number> {
  return (await tx.db.ledger_sequence.findFirst())?.value ?? 0;
}

function parsePosition(id: string): Position {
  const [, updated_seq, seq] = /^(\d{1,15})\.(\d{1,15})$/.exec(id) ?? [];
  if (updated_seq === undefined || seq === undefined) {
    throw new ConveyorError("invalid_input", `${JSON.stringify(id)} is not the id of an item of this stream`, {
      hint: "leave it out to begin with the present tasks",
    });
  }
  return { updated_seq: Number(updated_seq), seq: Number(seq) };
}
