import { decodeRow } from "../json.ts";
import type { FastTx } from "../transaction.ts";

type Row = Record<string, unknown>;

/** What is known of a task beside its history, as rows with their JSON parsed; null where there is none. */
export interface ExportedFacts {
  task: Row;
  budget: Row | null;
  /** The binding that counts: the open one, else the newest. */
  binding: Row | null;
  worker: Row | null;
  manager: Row | null;
  /** Of a binding of the earlier tool. */
  legacy_worker: Row | null;
  legacy_manager: Row | null;
  manager_config: Row | null;
  handoff: Row | null;
  status: Row | null;
  /** The criteria in their order, at most a thousand. */
  criteria: { id: number; criterion: string; status: string; proof: string | null }[];
  /** The envelopes of the newest receipt, as JSON. */
  receipt_envelopes: string | null;
}

const SESSION = "id, name, state, cwd, tmux_session, tmux_pane_id";

/** The task and what hangs on it; undefined when there is no such task. */
export function readExportedFacts(tx: FastTx, task_id: string): ExportedFacts | undefined {
  const one = (sql: string, ...values: unknown[]): Row | null => {
    const row = tx.sql.search(sql).get(...values) as Row | undefined;
    return row === undefined ? null : decodeRow(row);
  };
  const task = one("SELECT id, name, goal, summary, state, created_at, updated_at FROM tasks WHERE id = ?", task_id);
  if (task === null) return undefined;
  const binding = one(
    "SELECT * FROM bindings WHERE task_id = ? ORDER BY state IN ('active', 'ending') DESC, seq DESC LIMIT 1",
    task_id,
  );
  const session = (id: unknown) => (id ? one(`SELECT ${SESSION} FROM sessions WHERE id = ?`, id) : null);
  const worker_session = binding?.["worker_session_id"] ?? null;
  const worker_id = binding?.["worker_id"] ?? null;
  return {
    task,
    budget: one("SELECT max_nudges, nudges_used, expires_at FROM budgets WHERE task_id = ?", task_id),
    binding,
    worker: session(worker_session),
    manager: session(binding?.["manager_session_id"]),
    legacy_worker: worker_id ? one(`SELECT ${SESSION} FROM workers WHERE id = ?`, worker_id) : null,
    legacy_manager: binding?.["manager_id"]
      ? one(
          `SELECT id, name, state, task_id, tmux_session, tmux_pane_id, codex_args_json, started_at, stopped_at,
                  last_seen_at, exit_detected_at, exit_reason FROM managers WHERE id = ?`,
          binding["manager_id"],
        )
      : null,
    manager_config: one("SELECT * FROM manager_configs WHERE task_id = ?", task_id),
    handoff: one("SELECT * FROM worker_handoffs WHERE task_id = ? ORDER BY seq DESC LIMIT 1", task_id),
    status: one(
      "SELECT * FROM statuses WHERE worker_id = ? OR session_id = ? ORDER BY seq DESC LIMIT 1",
      worker_id,
      worker_session,
    ),
    criteria: tx.sql
      .search("SELECT id, criterion, status, proof FROM acceptance_criteria WHERE task_id = ? ORDER BY seq LIMIT 1000")
      .all(task_id) as ExportedFacts["criteria"],
    receipt_envelopes:
      (tx.sql
        .search("SELECT envelope_json FROM receipts WHERE task_id = ? ORDER BY seq DESC LIMIT 1")
        .pluck()
        .get(task_id) as string | undefined) ?? null,
  };
}

/** Whether checks were ever defined for the task's criteria, and whether a receipt was signed. */
export function hasChecksOrReceipt(tx: FastTx, task_id: string): { checks: boolean; receipt: boolean } {
  const row = tx.sql
    .search(
      `SELECT EXISTS (SELECT 1 FROM checks c JOIN acceptance_criteria a ON a.id = c.criterion_id WHERE a.task_id = @task_id) AS checks,
              EXISTS (SELECT 1 FROM receipts WHERE task_id = @task_id) AS receipt`,
    )
    .get({ task_id }) as { checks: number; receipt: number };
  return { checks: row.checks === 1, receipt: row.receipt === 1 };
}
