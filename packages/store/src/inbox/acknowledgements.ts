import type { FastTx } from "../transaction.ts";

export interface AcknowledgementRow {
  id: number;
  task_id: string;
  binding_id: string;
  notification_id: number;
  role: string;
  status: string;
  payload_json: string;
  created_at: string;
  correlation_id: string | null;
}

export const LATEST_ACKNOWLEDGEMENT_SQL = `SELECT id, task_id, binding_id, notification_id, role, status, payload_json,
    created_at, correlation_id
  FROM notification_acknowledgements WHERE notification_id = ? ORDER BY seq DESC LIMIT 1`;

/** The newest answer to an item. */
export function latestAcknowledgement(tx: FastTx, notification_id: number): AcknowledgementRow | undefined {
  return tx.sql(LATEST_ACKNOWLEDGEMENT_SQL).get(notification_id) as AcknowledgementRow | undefined;
}
