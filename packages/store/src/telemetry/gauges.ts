import type { FastTx } from "../transaction.ts";

/** How many rows of a kind there are, with the words that tell them apart. */
export interface GaugeRow {
  gauge: "tasks" | "sessions" | "commands" | "unread_items" | "dispatchers" | "audit_events" | "telemetry_events";
  /** State of a task, a session or a command; role of whoever an unread item is for. */
  kind: string;
  role: string;
  amount: number;
}

/** What a ledger holds at the moment, counted. Looks at no text of any row. */
export function ledgerGaugeRows(tx: FastTx): GaugeRow[] {
  return tx.sql
    .search(
      `SELECT 'tasks' AS gauge, state AS kind, '' AS role, count(*) AS amount FROM tasks GROUP BY state
       UNION ALL SELECT 'sessions', state, role, count(*) FROM sessions GROUP BY state, role
       UNION ALL SELECT 'commands', state, '', count(*) FROM commands GROUP BY state
       UNION ALL SELECT 'unread_items', '', s.role, count(*) FROM routed_notifications n
                   JOIN sessions s ON s.id = n.target_session_id
                  WHERE n.state = 'delivered' AND n.consumed_at IS NULL GROUP BY s.role
       UNION ALL SELECT 'dispatchers', '', '', count(*) FROM dispatchers WHERE stopped_at IS NULL
       UNION ALL SELECT 'audit_events', '', '', count(*) FROM events
       UNION ALL SELECT 'telemetry_events', '', '', count(*) FROM telemetry_events`,
    )
    .all() as GaugeRow[];
}

/** Size of the ledger in bytes, and the last number of its sequence. */
export function ledgerSize(tx: FastTx): { bytes: number; sequence: number } {
  const pages = Number(tx.handle.pragma("page_count", { simple: true }));
  const page = Number(tx.handle.pragma("page_size", { simple: true }));
  const row = tx.sql.search("SELECT value FROM ledger_sequence WHERE id = 1").get() as { value: number };
  return { bytes: pages * page, sequence: row.value };
}
