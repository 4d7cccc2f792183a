import { AT_MOST } from "../at-most.ts";
import { decodeRow } from "../json.ts";
import type { FastTx } from "../transaction.ts";
import { type ScopedTable, scopeCondition, type ViewScope } from "./scope.ts";

/** A row as views show it, JSON columns parsed. */
export type ViewRow = Record<string, unknown>;

const all = (tx: FastTx, sql: string, bound: Record<string, unknown>): ViewRow[] =>
  (tx.sql.search(sql).all(bound) as ViewRow[]).map((row) => decodeRow(row));

const amount = (tx: FastTx, sql: string, bound: Record<string, unknown>): number =>
  (tx.sql.search(sql).get(bound) as { n: number }).n;

/** Rows counted by one or two of their columns, each as a map. */
export function countRows(
  tx: FastTx,
  table: ScopedTable,
  column: "state" | "status" | "type",
  scope: ViewScope,
): Record<string, number> {
  const { sql, bound } = scopeCondition(table, scope);
  const rows = tx.sql
    .search(`SELECT r.${column} AS key, count(*) AS n FROM ${table} r WHERE ${sql} GROUP BY r.${column} ORDER BY 1`)
    .all(bound) as { key: string; n: number }[];
  return Object.fromEntries(rows.map(({ key, n }) => [key, n]));
}

/** Commands, or their attempts, counted by type and state. */
export function countByTypeAndState(
  tx: FastTx,
  table: "commands" | "command_attempts",
  scope: ViewScope,
): { type: string; state: string; n: number }[] {
  const { sql, bound } = scopeCondition(table, scope);
  const [from, type] =
    table === "commands"
      ? ["commands r", "r.type"]
      : ["command_attempts r JOIN commands c ON c.id = r.command_id", "c.type"];
  return tx.sql
    .search(
      `SELECT ${type} AS type, r.state AS state, count(*) AS n FROM ${from} WHERE ${sql} GROUP BY 1, 2 ORDER BY 1, 2`,
    )
    .all(bound) as { type: string; state: string; n: number }[];
}

/** Commands of a scope, the newest first by creation or by their last change. */
export function commandsInScope(
  tx: FastTx,
  scope: ViewScope,
  wanted: { states: readonly string[] | null; by: "created" | "updated"; limit: number },
): ViewRow[] {
  const { sql, bound } = scopeCondition("commands", scope, "ended");
  const states =
    wanted.states === null ? "" : ` AND r.state IN (${wanted.states.map((state) => `'${state}'`).join(", ")})`;
  return all(
    tx,
    `SELECT r.*, t.name AS task_name FROM commands r LEFT JOIN tasks t ON t.id = r.task_id
      WHERE ${sql}${states} ORDER BY r.${wanted.by === "created" ? "seq" : "updated_seq"} DESC ${AT_MOST}`,
    { ...bound, limit: wanted.limit },
  );
}

export function commandTotal(tx: FastTx, scope: ViewScope, states: readonly string[]): number {
  const { sql, bound } = scopeCondition("commands", scope, "ended");
  const list = states.map((state) => `'${state}'`).join(", ");
  return amount(tx, `SELECT count(*) AS n FROM commands r WHERE r.state IN (${list}) AND ${sql}`, bound);
}

/** Which cycles: all, those that broke off, those whose look at a terminal went wrong, or that could not read records. */
const CYCLES = {
  all: "TRUE",
  failed: "r.state = 'failed'",
  succeeded: "r.state = 'succeeded'",
  pane_capture_failed: "json_extract(r.status_json, '$.pane_signal.degraded') = 1",
  ingest_failed:
    "r.state = 'failed' AND (r.error LIKE '%ingest%' OR json_extract(r.status_json, '$.error_type') LIKE '%ingest%')",
} as const;
export type CycleKind = keyof typeof CYCLES;

/** Cycles of a scope, the newest first; `task_name` comes with them. */
export function cyclesInScope(tx: FastTx, scope: ViewScope, kind: CycleKind, limit: number): ViewRow[] {
  const { sql, bound } = scopeCondition("manager_cycles", scope, "ended");
  return all(
    tx,
    `SELECT r.*, t.name AS task_name FROM manager_cycles r JOIN tasks t ON t.id = r.task_id
      WHERE ${sql} AND ${CYCLES[kind]} ORDER BY r.seq DESC ${AT_MOST}`,
    { ...bound, limit },
  );
}

export function countCycles(tx: FastTx, scope: ViewScope, kind: CycleKind): number {
  const { sql, bound } = scopeCondition("manager_cycles", scope, "ended");
  return amount(tx, `SELECT count(*) AS n FROM manager_cycles r WHERE ${sql} AND ${CYCLES[kind]}`, bound);
}

/** What the looks at terminals came to. */
export function paneCaptureCounts(
  tx: FastTx,
  scope: ViewScope,
): { succeeded: number; failed: number; unknown: number } {
  const { sql, bound } = scopeCondition("manager_cycles", scope);
  return tx.sql
    .search(
      `SELECT coalesce(sum(captured), 0) AS succeeded, coalesce(sum(degraded), 0) AS failed,
              coalesce(sum(NOT captured AND NOT degraded), 0) AS unknown
         FROM (SELECT coalesce(json_extract(r.status_json, '$.pane_signal.captured'), 0) AS captured,
                      coalesce(json_extract(r.status_json, '$.pane_signal.degraded'), 0) AS degraded
                 FROM manager_cycles r WHERE ${sql})`,
    )
    .get(bound) as { succeeded: number; failed: number; unknown: number };
}

/** Criteria of a scope with one of these states, the oldest first. */
export function criteriaInScope(tx: FastTx, scope: ViewScope, statuses: readonly string[], limit: number): ViewRow[] {
  const { sql, bound } = scopeCondition("acceptance_criteria", scope);
  return all(
    tx,
    `SELECT r.id, r.task_id, t.name AS task_name, r.status, r.source, r.proof, r.created_at, r.updated_at
       FROM acceptance_criteria r JOIN tasks t ON t.id = r.task_id
      WHERE ${sql} AND r.status IN (${statuses.map((status) => `'${status}'`).join(", ")}) ORDER BY r.seq ${AT_MOST}`,
    { ...bound, limit },
  );
}

/** Open tasks, the newest first, and how many there are. */
export function openTasks(tx: FastTx, limit: number): { rows: ViewRow[]; total: number } {
  const open = "state IN ('candidate', 'managed', 'paused')";
  return {
    rows: all(
      tx,
      `SELECT id, name, summary, state, created_at, updated_at FROM tasks WHERE ${open} ORDER BY seq DESC ${AT_MOST}`,
      { limit },
    ),
    total: amount(tx, `SELECT count(*) AS n FROM tasks WHERE ${open}`, {}),
  };
}

/** The task that a view is about. */
export function taskForView(tx: FastTx, task_id: string): ViewRow | undefined {
  return all(tx, "SELECT id, name, goal, summary, state, created_at, updated_at FROM tasks WHERE id = @task_id", {
    task_id,
  })[0];
}

/** The live binding of a task with the names of its sides; legacy sides count as well. */
export function bindingForView(tx: FastTx, task_id: string): ViewRow | undefined {
  return all(
    tx,
    `SELECT b.*, w.name AS worker_session_name, m.name AS manager_session_name
       FROM bindings b LEFT JOIN sessions w ON w.id = b.worker_session_id LEFT JOIN sessions m ON m.id = b.manager_session_id
      WHERE b.task_id = @task_id AND b.state IN ('active', 'ending') ORDER BY b.seq DESC LIMIT 1`,
    { task_id },
  )[0];
}

/** A worker or a manager of the earlier tool, as a session is shown. */
export function legacyParty(tx: FastTx, role: "worker" | "manager", id: string): ViewRow | undefined {
  const [table, cwd, since] = role === "worker" ? ["workers", "cwd", "created_at"] : ["managers", "NULL", "started_at"];
  return all(
    tx,
    `SELECT id, name, '${role}' AS role, state, tmux_session, tmux_pane_id, ${cwd} AS cwd, ${since} AS registered_at,
            last_seen_at AS last_heartbeat_at FROM ${table} WHERE id = @id`,
    { id },
  )[0];
}

/** A legacy manager of a task that still runs. */
export function liveLegacyManager(tx: FastTx, task_id: string): boolean {
  return (
    amount(
      tx,
      "SELECT count(*) AS n FROM managers WHERE task_id = @task_id AND state IN ('starting', 'ready', 'stopping')",
      { task_id },
    ) > 0
  );
}

/** The active run of a task. */
export function runForView(tx: FastTx, task_id: string): ViewRow | undefined {
  return all(
    tx,
    `SELECT id, name, purpose, status, started_at, metadata_json FROM runs
      WHERE task_id = @task_id AND status = 'active' ORDER BY seq DESC LIMIT 1`,
    { task_id },
  )[0];
}

/** Decisions of a task, the newest first. */
export function decisionsForView(tx: FastTx, task_id: string, limit: number): ViewRow[] {
  return all(
    tx,
    `SELECT id, task_id, manager_id, manager_cycle_id, decision, reason, created_at, payload_json
       FROM manager_decisions WHERE task_id = @task_id ORDER BY seq DESC ${AT_MOST}`,
    { task_id, limit },
  );
}

/** Active sessions, the newest first, with how many there are; only those silent since a time when one is given. */
export function activeSessionRows(
  tx: FastTx,
  { silent_since, limit }: { silent_since: string | null; limit: number },
): { rows: ViewRow[]; total: number } {
  const where = `state = 'active' AND origin <> 'legacy'${
    silent_since === null ? "" : " AND coalesce(last_heartbeat_at, registered_at) < @silent_since"
  }`;
  const bound = silent_since === null ? {} : { silent_since };
  return {
    rows: all(
      tx,
      `SELECT id, name, role, state, pid, tmux_session, tmux_pane_id, cwd, registered_at, last_heartbeat_at
         FROM sessions WHERE ${where} ORDER BY seq DESC ${AT_MOST}`,
      { ...bound, limit },
    ),
    total: amount(tx, `SELECT count(*) AS n FROM sessions WHERE ${where}`, bound),
  };
}

/** Active sessions by role. */
export function activeSessionsByRole(tx: FastTx): Record<string, number> {
  const rows = tx.sql
    .search(
      "SELECT role, count(*) AS n FROM sessions WHERE state = 'active' AND origin <> 'legacy' GROUP BY role ORDER BY 1",
    )
    .all() as { role: string; n: number }[];
  return Object.fromEntries(rows.map(({ role, n }) => [role, n]));
}
