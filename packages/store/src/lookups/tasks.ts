import { AT_MOST } from "../at-most.ts";
import type { Prisma } from "../generated/prisma/client.ts";
import type { FastTx } from "../transaction.ts";

export type TaskRow = Prisma.tasksGetPayload<object>;
export type ListedTaskRow = Prisma.tasksGetPayload<{ include: { budgets: true } }>;

const COLUMNS = "id, name, goal, summary, state, created_at, updated_at, seq, updated_seq";

/** The task with exactly this id. */
export function taskById(tx: FastTx, id: string): TaskRow | undefined {
  return tx.sql.hot(`SELECT ${COLUMNS} FROM tasks WHERE id = ?`).get(id) as TaskRow | undefined;
}

/** The tasks of this name, newest first. */
export function tasksByName(tx: FastTx, name: string): TaskRow[] {
  return tx.sql.hot(`SELECT ${COLUMNS} FROM tasks WHERE name = ? ORDER BY seq DESC`).all(name) as TaskRow[];
}

/** Names of the newest tasks, newest first, at most `limit`. */
export function taskNames(tx: FastTx, limit: number): string[] {
  return (tx.sql.hot("SELECT name FROM tasks ORDER BY seq DESC LIMIT ?").all(limit) as { name: string }[]).map(
    ({ name }) => name,
  );
}

/** The tasks whose id begins like this, oldest first, at most `limit`. */
export function tasksByIdPrefix(tx: FastTx, prefix: string, limit: number): TaskRow[] {
  return tx.sql
    .hot(`SELECT ${COLUMNS} FROM tasks WHERE substr(id, 1, length(@prefix)) = @prefix ORDER BY seq LIMIT @limit`)
    .all({ prefix, limit }) as TaskRow[];
}

/** A part of a list: what comes after this number in the order of the ledger, at most `limit`. */
export interface Page {
  after_seq: number;
  limit: number;
}

/** Tasks in order of creation, with their budget; only those in one of `states` unless it is null. */
export function listTaskRows(tx: FastTx, states: readonly string[] | null, page: Page): ListedTaskRow[] {
  const rows = tx.sql
    .hot(
      `SELECT t.id, t.name, t.goal, t.summary, t.state, t.created_at, t.updated_at, t.seq, t.updated_seq,
              b.task_id AS budget_task_id, b.max_nudges, b.nudges_used, b.expires_at
         FROM tasks t LEFT JOIN budgets b ON b.task_id = t.id
        WHERE t.seq > @after_seq AND (@states IS NULL OR t.state IN (SELECT value FROM json_each(@states)))
        ORDER BY t.seq ${AT_MOST}`,
    )
    .all({ ...page, states: states === null ? null : JSON.stringify(states) }) as (TaskRow & {
    budget_task_id: string | null;
    max_nudges: number;
    nudges_used: number;
    expires_at: string;
  })[];
  return rows.map(({ budget_task_id, max_nudges, nudges_used, expires_at, ...task }) => ({
    ...task,
    budgets: budget_task_id === null ? null : { task_id: budget_task_id, max_nudges, nudges_used, expires_at },
  }));
}

/** The number of the newest change to any task; 0 when there is none. */
export function newestTaskChange(tx: FastTx): number {
  return (tx.sql.hot("SELECT coalesce(max(updated_seq), 0) AS newest FROM tasks").get() as { newest: number }).newest;
}
