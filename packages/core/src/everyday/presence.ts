import type { AgentStatus, Present, Role } from "@conveyor/contracts";
import { PHASES_BY_URGENCY } from "@conveyor/contracts/agent-phases";
import { LIST_ROWS } from "@conveyor/contracts/limits";
import { OPEN_TASK_STATES } from "@conveyor/contracts/tasks/words";
import { lookups } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { boundAgents } from "../shared/bound-agents.ts";

/** A session that is there, with how its agent stands now. */
export interface PresentSession extends lookups.PresentSessionRow {
  agent_status: AgentStatus;
}

/** Who and what is there, read at one moment. */
export interface Presence {
  sessions: PresentSession[];
  tasks: readonly lookups.TaskRow[];
}

/** Sessions and tasks: those that are open, or `all`, at most `limit` of each. Must be called outside of a transaction. */
export async function lookAround(
  ctx: Ctx,
  { all, limit = LIST_ROWS }: { all: boolean; limit?: number | undefined },
): Promise<Presence> {
  const { rows, tasks } = await ctx.store.peek((tx) => ({
    rows: lookups.presentSessionRows(tx, { all, limit }),
    tasks: lookups.listTaskRows(tx, all ? null : OPEN_TASK_STATES, { after_seq: 0, limit }),
  }));
  const agents = await boundAgents(ctx, rows);
  const sessions = rows.map((row, i) => ({
    ...row,
    agent_status: (agents[i] as (typeof agents)[number]).agent_status,
  }));
  return { sessions, tasks };
}

/** The same as lines of `ps`, what needs somebody first, tasks before the sessions that they have. Pure. */
export function asLines({ sessions, tasks }: Presence): Present[] {
  const lines = [...tasks.map((task) => taskLine(task, sessions)), ...sessions.map(sessionLine)];
  return lines.sort((a, b) => urgencyOf(a) - urgencyOf(b));
}

function urgencyOf({ phase, state }: Present): number {
  if (state === "done" || state === "failed") return PHASES_BY_URGENCY.length + 1;
  return phase === null ? PHASES_BY_URGENCY.length : PHASES_BY_URGENCY.indexOf(phase);
}

function sessionLine(session: PresentSession): Present {
  const { id, name, role, task_name, last_heartbeat_at, agent_status } = session;
  return {
    kind: "session",
    ...{ id, name },
    role: role as Role,
    state: agent_status.phase,
    phase: agent_status.phase,
    sources: agent_status.sources,
    task: task_name,
    waiting_for: waitingFor(agent_status),
    last_sign_of_life: latest([last_heartbeat_at, agent_status.observed_at]),
  };
}

function taskLine({ id, name, state, updated_at }: lookups.TaskRow, sessions: readonly PresentSession[]): Present {
  const own = sessions.filter(({ task_id }) => task_id === id).map(sessionLine);
  const foremost = own.toSorted((a, b) => urgencyOf(a) - urgencyOf(b))[0];
  return {
    kind: "task",
    ...{ id, name, state },
    role: null,
    phase: foremost?.phase ?? null,
    sources: foremost?.sources ?? [],
    task: null,
    waiting_for: foremost?.waiting_for ?? null,
    last_sign_of_life: latest([updated_at, ...own.map((line) => line.last_sign_of_life)]),
  };
}

function waitingFor({ phase, attention }: AgentStatus): Present["waiting_for"] {
  return phase === "waiting" && attention !== "none" ? attention : null;
}

/** Times of the ledger are texts of one length, so the greatest is the newest. */
function latest(times: readonly (string | null)[]): string | null {
  return times.reduce((a, b) => (a === null || (b !== null && b > a) ? b : a), null);
}
