import type { Decision } from "@conveyor/contracts";
import type { Prisma } from "@conveyor/store";

/** A stored decision as users see it. */
export function decisionOf(row: Prisma.manager_decisionsGetPayload<object>): Decision {
  return {
    id: row.id,
    task_id: row.task_id,
    decision: row.decision as Decision["decision"],
    reason: row.reason,
    manager_cycle_id: row.manager_cycle_id,
    manager_id: row.manager_id,
    manager_session_id: row.manager_session_id,
    payload: JSON.parse(row.payload_json) as Decision["payload"],
    created_at: row.created_at,
    ...(row.single_use && { single_use: true as const }),
    ...(row.used_at !== null && { used_at: row.used_at }),
  };
}
