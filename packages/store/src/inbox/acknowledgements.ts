import type { FastTx } from "../transaction.ts";

/** What a role answers to an item, about to be written. */
export interface NewAcknowledgement {
  task_id: string;
  binding_id: string;
  notification_id: number;
  role: string;
  status: string;
  payload_json: string;
  correlation_id: string | null;
}

export interface AcknowledgementRow extends NewAcknowledgement {
  id: number;
  created_at: string;
}

const COLUMNS =
  "id, task_id, binding_id, notification_id, role, status, payload_json, created_at, correlation_id" as const;

export const LATEST_ACKNOWLEDGEMENT_SQL = `SELECT ${COLUMNS}
  FROM notification_acknowledgements WHERE notification_id = ? ORDER BY seq DESC LIMIT 1`;

/** The newest answer to an item. */
export function latestAcknowledgement(tx: FastTx, notification_id: number): AcknowledgementRow | undefined {
  return tx.sql.hot(LATEST_ACKNOWLEDGEMENT_SQL).get(notification_id) as AcknowledgementRow | undefined;
}

export const LIST_ACKNOWLEDGEMENTS_SQL = `SELECT ${COLUMNS}
  FROM notification_acknowledgements WHERE notification_id = ? ORDER BY seq DESC LIMIT ? + 0`;

/** The newest answers to an item, at most `limit`, in the order in which they were given. */
export function acknowledgementsOfItem(tx: FastTx, notification_id: number, limit: number): AcknowledgementRow[] {
  return (tx.sql.hot(LIST_ACKNOWLEDGEMENTS_SQL).all(notification_id, limit) as AcknowledgementRow[]).reverse();
}

/** Add an answer to an item's history. */
export function insertAcknowledgement(tx: FastTx, acknowledgement: NewAcknowledgement): AcknowledgementRow {
  const { lastInsertRowid } = tx.sql
    .hot(
      `INSERT INTO notification_acknowledgements
         (seq, task_id, binding_id, notification_id, role, status, payload_json, created_at, correlation_id)
       VALUES (@seq, @task_id, @binding_id, @notification_id, @role, @status, @payload_json, @now, @correlation_id)`,
    )
    .run({ ...acknowledgement, seq: tx.seq(), now: tx.now });
  return { ...acknowledgement, id: Number(lastInsertRowid), created_at: tx.now };
}

export const ACKNOWLEDGEMENT_EVENT_SQL = `SELECT t.id FROM notification_acknowledgements a
  JOIN telemetry_events t ON t.seq = a.seq + 1 AND t.event_type = 'dispatch_inbox_ack_recorded'
  WHERE a.id = ?`;

/**
 * The telemetry event that told of an answer: the next one in the ledger's sequence, because both are written together.
 * Undefined when it was pruned, or when the answer comes from an imported ledger.
 */
export function acknowledgementEventId(tx: FastTx, acknowledgement_id: number): string | undefined {
  return (tx.sql.hot(ACKNOWLEDGEMENT_EVENT_SQL).get(acknowledgement_id) as { id: string } | undefined)?.id;
}
