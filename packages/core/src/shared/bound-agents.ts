import type { BoundAgent, Role } from "@conveyor/contracts";
import type { lookups } from "@conveyor/store";
import type { HostCtx } from "../ctx.ts";
import { agentStatus } from "./agent-status.ts";

/** Whether a session's process runs; null when it has none to go by. */
export async function processLives(
  ctx: HostCtx,
  { pid, pid_started_at }: Pick<lookups.AgentStatusRow, "pid" | "pid_started_at">,
): Promise<boolean | null> {
  return pid === null ? null : ctx.host.processes.isAlive(pid, pid_started_at);
}

/**
 * Sessions of live bindings with how they stand now, in the given order. Whether a process still runs is asked of the
 * machine; a terminal is not looked at here, that is left to Dispatch and `cycle`. Must be called outside of a transaction.
 */
export function boundAgents(ctx: HostCtx, rows: readonly lookups.BoundAgentRow[]): Promise<BoundAgent[]> {
  return Promise.all(
    rows.map(async (row) => ({
      session_id: row.id,
      name: row.name,
      role: row.role as Role,
      agent_status: agentStatus(row, await processLives(ctx, row)),
    })),
  );
}
