import type { Prisma } from "../generated/prisma/client.ts";
import type { FastTx } from "../transaction.ts";

export type SessionRow = Prisma.sessionsGetPayload<object>;

/** The session of exactly this name, else the one with exactly this id. */
export function sessionByNameOrId(tx: FastTx, reference: string): SessionRow | undefined {
  return tx
    .sql("SELECT * FROM sessions WHERE name = @reference OR id = @reference ORDER BY name = @reference DESC LIMIT 1")
    .get({ reference }) as SessionRow | undefined;
}

/** The sessions whose id begins like this, oldest first, at most `limit`. */
export function sessionsByIdPrefix(tx: FastTx, prefix: string, limit: number): SessionRow[] {
  return tx
    .sql("SELECT * FROM sessions WHERE substr(id, 1, length(@prefix)) = @prefix ORDER BY seq LIMIT @limit")
    .all({ prefix, limit }) as SessionRow[];
}
