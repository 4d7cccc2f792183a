import type { Proposal } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { shellQuote } from "@conveyor/contracts/shell-quote";
import { decodeRow, type Prisma, type ReadTx } from "@conveyor/store";

/** A stored proposal as users see it. */
export function continuationOf(row: Prisma.task_continuationsGetPayload<object>): Proposal {
  const { seq: _seq, ...continuation } = decodeRow(row);
  return continuation as unknown as Proposal;
}

/** The newest proposal of each side of one turn, or null. */
export interface TurnProposals {
  worker: Proposal | null;
  manager: Proposal | null;
}

export async function proposalsOf(tx: ReadTx, task_id: string, correlation_id: string): Promise<TurnProposals> {
  const newest = async (proposer: string) => {
    const row = await tx.db.task_continuations.findFirst({
      where: { task_id, correlation_id, proposer },
      orderBy: { seq: "desc" },
    });
    return row && continuationOf(row);
  };
  return { worker: await newest("worker"), manager: await newest("manager") };
}

/** Both proposals of a turn. Throws `continuation_order`, which names the sides that are missing (spec 04 §4.11). */
export async function pairOf(
  tx: ReadTx,
  task: { id: string; name: string },
  correlation_id: string,
): Promise<{ worker: Proposal; manager: Proposal }> {
  const { worker, manager } = await proposalsOf(tx, task.id, correlation_id);
  if (worker !== null && manager !== null) return { worker, manager };
  const missing = Object.entries({ worker, manager }).flatMap(([side, own]) => (own === null ? [side] : []));
  throw new ConveyorError(
    "continuation_order",
    `the turn ${JSON.stringify(correlation_id)} has no proposal of: ${missing.join(", ")}`,
    {
      hint: `submit it first: conveyor continuation ${shellQuote(task.name)} --submit ${missing[0]} --correlation-id ${shellQuote(correlation_id)} --from-stdin`,
      details: { missing, correlation_id },
    },
  );
}
