import type { Prisma } from "../generated/prisma/client.ts";
import type { FastTx } from "../transaction.ts";

export type RunRow = Prisma.runsGetPayload<object>;

/** What a run says about the loop that it steers. */
export type PolicyRun = Pick<RunRow, "id" | "task_id" | "name" | "purpose" | "metadata_json">;

/** The run with exactly this id. */
export function runById(tx: FastTx, id: string): RunRow | undefined {
  return tx.sql("SELECT * FROM runs WHERE id = ?").get(id) as RunRow | undefined;
}

/** The runs of this name, newest first. */
export function runsByName(tx: FastTx, name: string): RunRow[] {
  return tx.sql("SELECT * FROM runs WHERE name = ? ORDER BY seq DESC").all(name) as RunRow[];
}

/** The runs whose id begins like this, oldest first, at most `limit`. */
export function runsByIdPrefix(tx: FastTx, prefix: string, limit: number): RunRow[] {
  return tx
    .sql("SELECT * FROM runs WHERE substr(id, 1, length(@prefix)) = @prefix ORDER BY seq LIMIT @limit")
    .all({ prefix, limit }) as RunRow[];
}
