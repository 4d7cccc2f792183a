import type { Role, Session } from "@conveyor/contracts";
import type { Prisma } from "@conveyor/store";

export type SessionRow = Prisma.sessionsGetPayload<object>;

/** A stored session as users see it. */
export function sessionOf({
  seq: _seq,
  observation_json: _observationJson,
  seen_json: _seenJson,
  ...row
}: SessionRow): Session {
  return {
    ...row,
    role: row.role as Role,
    state: row.state as Session["state"],
    origin: row.origin as Session["origin"],
    liveness: row.liveness as Session["liveness"],
  };
}
