import { AT_MOST } from "../at-most.ts";
import type { FastTx } from "../transaction.ts";
import { COLUMNS, type NumberedTelemetryRow } from "./events.ts";

/** Which telemetry belongs to a correlation id. */
export interface TraceRequest {
  correlation_id: string;
  /** Events of these commands and notifications belong to it although they do not name it. */
  command_ids: readonly string[];
  notification_ids: readonly number[];
  /** Only events of this task; null: of any. */
  task_id: string | null;
  /** At most so many, the newest. */
  limit: number;
}

const CORRELATION = "json_extract(t.correlation_json, '$.correlation_id')";
const COMMAND = "json_extract(t.correlation_json, '$.command_id')";
const NOTIFICATION = `coalesce(json_extract(t.correlation_json, '$.routed_notification_id'),
  json_extract(t.correlation_json, '$.notification_id'))`;
const OF_TASK = "(@task_id IS NULL OR t.task_id = @task_id)";

// Each arm has an index on its expression (migration 20261130005000) and takes the newest only: one id may stand on everything.
export const TRACE_TELEMETRY_SQL = `SELECT seq, ${COLUMNS} FROM telemetry_events WHERE seq IN (
    SELECT seq FROM (SELECT t.seq FROM telemetry_events t
      WHERE ${CORRELATION} = @correlation_id AND ${OF_TASK} ORDER BY t.seq DESC ${AT_MOST})
    UNION SELECT t.seq FROM json_each(@command_ids) c CROSS JOIN telemetry_events t ON ${COMMAND} = c.value WHERE ${OF_TASK}
    UNION SELECT t.seq FROM json_each(@notification_ids) n CROSS JOIN telemetry_events t ON ${NOTIFICATION} = n.value
      WHERE ${OF_TASK})
  ORDER BY seq DESC ${AT_MOST}`;

/** The telemetry of a correlation id, newest first. */
export function telemetryOfCorrelation(tx: FastTx, request: TraceRequest): NumberedTelemetryRow[] {
  return tx.sql.search(TRACE_TELEMETRY_SQL).all({
    ...request,
    command_ids: JSON.stringify(request.command_ids),
    notification_ids: JSON.stringify(request.notification_ids),
  }) as NumberedTelemetryRow[];
}
