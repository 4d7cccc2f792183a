import type { BoundAgent, Role } from "@conveyor/contracts";
import type { lookups } from "@conveyor/store";
import type { HostCtx } from "../ctx.ts";
import { judgeStatus } from "./agent-status.ts";

/** Most processes that one list asks the machine for. */
const MOST_ASKED = 100;

/**
 * Whether a session's process runs: the one that was registered, else the one that had its terminal then; null when it has
 * none to go by.
 */
export async function processLives(
  { host }: HostCtx,
  session: Pick<lookups.AgentStatusRow, "pid" | "pid_started_at" | "terminal_pid" | "terminal_started_at">,
): Promise<boolean | null> {
  const { pid, pid_started_at, terminal_pid, terminal_started_at } = session;
  if (pid !== null) return host.processes.isAlive(pid, pid_started_at);
  return terminal_pid === null ? null : host.processes.isAlive(terminal_pid, terminal_started_at);
}

/**
 * Sessions with how they stand now, in the given order. Whether a process still runs is asked of the
 * machine, of very many only for the first, as a list must not take long; the others go by the newest look of Dispatch. A
 * terminal is not looked at here, that is left to Dispatch and `cycle`. Must be called outside of a transaction.
 */
export function boundAgents(ctx: HostCtx, rows: readonly lookups.AgentStatusRow[]): Promise<BoundAgent[]> {
  return Promise.all(
    rows.map(async (row, i) => ({
      session_id: row.id,
      name: row.name,
      role: row.role as Role,
      agent_status: judgeStatus(row, i < MOST_ASKED ? await processLives(ctx, row) : null),
    })),
  );
}
