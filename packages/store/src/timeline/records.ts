import { decodeRow } from "../json.ts";
import type { FastTx } from "../transaction.ts";

/** Records that are known by an id of their own, and what bears their correlation id. */
const RECORDS = {
  decision: `SELECT r.*, (SELECT n.correlation_id FROM routed_notifications n
      WHERE n.consumed_manager_cycle_id = r.manager_cycle_id ORDER BY n.id LIMIT 1) AS correlation_id
    FROM manager_decisions r WHERE r.id = @id`,
  cycle: `SELECT r.*, (SELECT n.correlation_id FROM routed_notifications n
      WHERE n.consumed_manager_cycle_id = r.id ORDER BY n.id LIMIT 1) AS correlation_id
    FROM manager_cycles r WHERE r.id = @id`,
  event: "SELECT r.* FROM events r WHERE r.id = @id",
  telemetry: `SELECT r.*, json_extract(r.correlation_json, '$.correlation_id') AS correlation_id
    FROM telemetry_events r WHERE r.id = @id`,
} as const;

export type RecordKind = keyof typeof RECORDS;

/** A decision, cycle, audit event or telemetry event by its id, JSON columns parsed, with the correlation that it belongs to. */
export function recordById(
  tx: FastTx,
  kind: RecordKind,
  id: string,
): (Record<string, unknown> & { correlation_id: string | null; task_id: string | null }) | undefined {
  const row = tx.sql.search(RECORDS[kind]).get({ id }) as Record<string, unknown> | undefined;
  return row && (decodeRow(row) as ReturnType<typeof recordById>);
}
