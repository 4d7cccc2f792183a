import type { Prisma } from "../generated/prisma/client.ts";
import type { FastTx } from "../transaction.ts";

export type CriterionRow = Prisma.acceptance_criteriaGetPayload<object>;

/** All criteria of a task in order of their ids. */
export function criteriaOfTask(tx: FastTx, task_id: string): CriterionRow[] {
  return tx.sql.hot("SELECT * FROM acceptance_criteria WHERE task_id = ? ORDER BY id").all(task_id) as CriterionRow[];
}
