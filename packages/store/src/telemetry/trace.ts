import { AT_MOST } from "../at-most.ts";
import type { FastTx } from "../transaction.ts";
import { COLUMNS, type NumberedTelemetryRow } from "./events.ts";

/** Which telemetry belongs to a correlation id, and within what it is looked for. */
export interface TraceRequest {
  correlation_id: string;
  /** Events of these commands and notifications belong to it although they do not name it. */
  command_ids: readonly string[];
  notification_ids: readonly number[];
  /** Only events of this task; null: of none. */
  task_id: string | null;
  /** Only events of this time, both ends included. */
  from: string;
  to: string;
  /** At most so many, the newest. */
  limit: number;
}

const NOTIFICATION = `coalesce(json_extract(correlation_json, '$.routed_notification_id'),
  json_extract(correlation_json, '$.notification_id'))`;

// The correlation stands in a JSON column without an index. The plus keeps the planner on (task_id, timestamp), so that
// only what the task wrote in that time is looked at, instead of walking its telemetry by sequence.
export const TRACE_TELEMETRY_SQL = `SELECT seq, ${COLUMNS} FROM telemetry_events
  WHERE task_id IS @task_id AND timestamp >= @from AND timestamp <= @to
    AND (json_extract(correlation_json, '$.correlation_id') = @correlation_id
      OR json_extract(correlation_json, '$.command_id') IN (SELECT value FROM json_each(@command_ids))
      OR ${NOTIFICATION} IN (SELECT value FROM json_each(@notification_ids)))
  ORDER BY +seq DESC ${AT_MOST}`;

/** The telemetry of a correlation id, newest first. */
export function telemetryOfCorrelation(tx: FastTx, request: TraceRequest): NumberedTelemetryRow[] {
  return tx.sql.search(TRACE_TELEMETRY_SQL).all({
    ...request,
    command_ids: JSON.stringify(request.command_ids),
    notification_ids: JSON.stringify(request.notification_ids),
  }) as NumberedTelemetryRow[];
}
