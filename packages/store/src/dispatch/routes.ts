import type { FastTx } from "../transaction.ts";

/** One side of a binding, as far as delivery needs it. */
export interface RouteSession {
  id: string;
  name: string;
  role: string;
  state: string;
  tmux_session: string | null;
  tmux_pane_id: string | null;
  agent_kind: string;
  /** Where its terminal is and who must be in it before anything is typed there. */
  tmux_socket: string | null;
  pid: number | null;
  pid_started_at: string | null;
  terminal_pid: number | null;
  terminal_started_at: string | null;
  /** Where its agent records what it is told. */
  record_path: string | null;
}

/** A task with the two sessions of its live binding; `binding` is null when there is none. */
export interface Route {
  task: { id: string; name: string; state: string };
  binding: { id: string; worker: RouteSession; manager: RouteSession } | null;
}

const SESSION_COLUMNS = [
  ...["id", "name", "role", "state", "agent_kind", "tmux_session", "tmux_pane_id", "tmux_socket"],
  ...["pid", "pid_started_at", "terminal_pid", "terminal_started_at", "record_path"],
] as const;
export const sessionColumns = (alias: string): string =>
  SESSION_COLUMNS.map(
    (column) => `${alias}.${column === "record_path" ? "codex_session_path" : column} AS ${alias}_${column}`,
  ).join(", ");

/** The session that a row carries under the prefix `alias`. */
export function routeSessionOf(row: Record<string, unknown>, alias: string): RouteSession {
  const session: Record<string, unknown> = {};
  for (const column of SESSION_COLUMNS) session[column] = row[`${alias}_${column}`];
  return session as unknown as RouteSession;
}

export const ROUTE_SQL = `SELECT t.id AS task_id, t.name AS task_name, t.state AS task_state, b.id AS binding_id,
    ${sessionColumns("w")}, ${sessionColumns("m")}
  FROM tasks t
  LEFT JOIN bindings b ON b.id = (
    SELECT id FROM bindings WHERE task_id = t.id AND state IN ('active', 'ending') ORDER BY seq DESC LIMIT 1)
  LEFT JOIN sessions w ON w.id = b.worker_session_id
  LEFT JOIN sessions m ON m.id = b.manager_session_id
  WHERE t.id = ?`;

/** Where messages of a task go right now: its newest live binding (spec 03 §1). Undefined when there is no such task. */
export function routeOfTask(tx: FastTx, task_id: string): Route | undefined {
  const row = tx.sql.hot(ROUTE_SQL).get(task_id) as Record<string, unknown> | undefined;
  if (row === undefined) return undefined;
  const isBound = row["binding_id"] !== null && row["w_id"] !== null && row["m_id"] !== null;
  return {
    task: { id: row["task_id"] as string, name: row["task_name"] as string, state: row["task_state"] as string },
    binding: isBound
      ? { id: row["binding_id"] as string, worker: routeSessionOf(row, "w"), manager: routeSessionOf(row, "m") }
      : null,
  };
}

/** The permissions that the task's manager was given, as stored; undefined when nothing was configured. */
export function permissionsOfTask(tx: FastTx, task_id: string): string | undefined {
  const row = tx.sql.hot("SELECT permissions_json FROM manager_configs WHERE task_id = ?").get(task_id);
  return (row as { permissions_json: string } | undefined)?.permissions_json;
}

/** The name of the session that had this role in the task's newest binding, live or not. */
export function lastSessionOfTask(tx: FastTx, task_id: string, role: "worker" | "manager"): string | undefined {
  const row = tx.sql
    .hot(
      `SELECT s.name FROM bindings b JOIN sessions s ON s.id = b.${role}_session_id
       WHERE b.task_id = ? ORDER BY b.seq DESC LIMIT 1`,
    )
    .get(task_id) as { name: string } | undefined;
  return row?.name;
}
