import { AT_MOST } from "../at-most.ts";
import type { Prisma } from "../generated/prisma/client.ts";
import type { FastTx } from "../transaction.ts";

export type RunRow = Prisma.runsGetPayload<object>;

/** What a run says about the loop that it steers. */
export type PolicyRun = Pick<RunRow, "id" | "task_id" | "name" | "purpose" | "metadata_json">;

/** The run with exactly this id. */
export function runById(tx: FastTx, id: string): RunRow | undefined {
  return tx.sql.hot("SELECT * FROM runs WHERE id = ?").get(id) as RunRow | undefined;
}

/** The runs of this name, newest first. */
export function runsByName(tx: FastTx, name: string): RunRow[] {
  return tx.sql.hot("SELECT * FROM runs WHERE name = ? ORDER BY seq DESC").all(name) as RunRow[];
}

/** The newest run of this name in a task. */
export function newestRunOfName(tx: FastTx, task_id: string, name: string): RunRow | undefined {
  return tx.sql.hot("SELECT * FROM runs WHERE task_id = ? AND name = ? ORDER BY seq DESC LIMIT 1").get(task_id, name) as
    | RunRow
    | undefined;
}

/** The runs whose id begins like this, oldest first, at most `limit`. */
export function runsByIdPrefix(tx: FastTx, prefix: string, limit: number): RunRow[] {
  return tx.sql
    .hot(`SELECT * FROM runs WHERE substr(id, 1, length(@prefix)) = @prefix ORDER BY seq ${AT_MOST}`)
    .all({ prefix, limit }) as RunRow[];
}

/** The loop policies of a task, newest first, at most `limit`. */
export function loopRunsOfTask(tx: FastTx, task_id: string, limit: number): PolicyRun[] {
  return tx.sql
    .hot(
      `SELECT id, task_id, name, purpose, metadata_json FROM runs WHERE task_id = @task_id
         AND (purpose = 'ralph_loop' OR json_extract(metadata_json, '$.kind') = 'ralph_loop')
       ORDER BY seq DESC ${AT_MOST}`,
    )
    .all({ task_id, limit }) as PolicyRun[];
}

/** Move a loop from one iteration to another; false when it does not stand at `from` (any more). */
export function advanceLoopRun(
  tx: FastTx,
  advance: { run_id: string; task_id: string; from: number; to: number },
): boolean {
  const result = tx.sql
    .atomic(
      `UPDATE runs SET metadata_json = json_set(metadata_json, '$.current_iteration', CAST(@to AS INTEGER))
       WHERE id = @run_id AND task_id = @task_id
         AND CAST(json_extract(metadata_json, '$.current_iteration') AS INTEGER) = @from`,
    )
    .run(advance);
  return result.changes === 1;
}

/** The state of a task that has a run. */
export function taskStateOf(tx: FastTx, task_id: string): string {
  return (tx.sql.hot("SELECT state FROM tasks WHERE id = ?").get(task_id) as { state: string }).state;
}
