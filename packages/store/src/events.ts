import { declarationOf, type EventName } from "@conveyor/contracts/events/catalogue";
import type { Actor, AnyEventTold, Severity } from "@conveyor/contracts/events/declaration";
import { canonicalJson } from "@conveyor/contracts/json";
import { neighbouringUuid } from "@conveyor/contracts/uuid";
import { auditHead, chainedHash } from "./audit-chain.ts";
import type { HandWritten } from "./handle.ts";
import { insertNotice } from "./notifications/insert.ts";
import { maskSecrets } from "./secrets/mask.ts";

/** What an event needs of the transaction that it is recorded in; a `FastTx` has it all. */
export interface Recording {
  readonly sql: HandWritten;
  readonly now: string;
  seq(): number;
  activeRun(task_id: string | null): string | null;
}

/** A row of `events` (spec 07 §7.5.6). */
export interface NewAuditEvent {
  type: string;
  actor: string;
  payload: Record<string, unknown>;
  task_id?: string | null | undefined;
  session_id?: string | null | undefined;
  /** A folder-based worker. */
  worker_id?: string | null | undefined;
  command_id?: string | null | undefined;
  correlation_id?: string | null | undefined;
}

/** A row of `telemetry_events`. */
export interface NewTelemetryEvent {
  event_type: string;
  actor: Actor;
  severity: Severity;
  summary: string;
  correlation?: Record<string, unknown> | undefined;
  attributes: Record<string, unknown>;
  task_id?: string | null | undefined;
  /** Default: the task's active run. */
  run_id?: string | null | undefined;
}

/** Of a declared list the caller has chosen; TypeScript sees to it. */
const chosen = <Value extends string>(declared: Value | readonly Value[], given: Value | undefined) =>
  (typeof declared === "string" ? declared : given) as Value;

/**
 * Record an event in the way the catalogue declares it: the audit entry first, then its telemetry. Returns the id of the
 * telemetry event; undefined for one that only the audit keeps.
 */
export function tellEvent(tx: Recording, name: EventName, event: AnyEventTold): string | undefined {
  insertNotice(tx, name, event);
  const declared = declarationOf(name);
  const { attributes, payload = attributes } = event;
  if (declared.kind !== "telemetry") {
    const said = declared.kind === "both" ? declared.audit_actor : undefined;
    const actor = (said === "told" ? event.actor : said) ?? "workerctl";
    insertAudit(tx, { ...event, type: name, actor, payload });
  }
  if (declared.kind === "audit") return undefined;
  return insertTelemetry(tx, {
    ...event,
    event_type: name,
    actor: chosen(declared.actor, event.actor),
    severity: chosen(declared.severity, event.severity),
    summary: event.summary ?? "",
  });
}

/** Write one row of the audit; returns its id. Secrets are masked, content must not be in it (spec 07 §7.7.2). */
export function insertAudit(tx: Recording, row: NewAuditEvent): number {
  const payload_json = canonicalJson(maskSecrets(row.payload));
  return insertEventRow(tx, { ...row, created_at: tx.now, payload_json });
}

/** Write an entry of an earlier worker's event file, as it stands there (spec 07 §7.10.9). */
export function insertImportedEvent(
  tx: Recording,
  entry: { worker_id: string; type: string; created_at: string; payload_json: string },
): number {
  return insertEventRow(tx, { ...entry, actor: "compat" });
}

function insertEventRow(
  tx: Recording,
  row: Omit<NewAuditEvent, "payload"> & { created_at: string; payload_json: string },
): number {
  const head = auditHead(tx);
  const entry = {
    created_at: row.created_at,
    actor: row.actor,
    command_id: row.command_id ?? null,
    correlation_id: row.correlation_id ?? null,
    task_id: row.task_id ?? null,
    session_id: row.session_id ?? null,
    worker_id: row.worker_id ?? null,
    manager_id: null,
    type: row.type,
    payload_json: row.payload_json,
    seq: tx.seq(),
  };
  const result = tx.sql
    .hot(
      `INSERT INTO events (created_at, actor, command_id, correlation_id, task_id, session_id, worker_id, type, payload_json, seq, hash)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      entry.created_at,
      entry.actor,
      entry.command_id,
      entry.correlation_id,
      entry.task_id,
      entry.session_id,
      entry.worker_id,
      entry.type,
      entry.payload_json,
      entry.seq,
      chainedHash(head.hash, entry),
    );
  return Number(result.lastInsertRowid);
}

/** Write one telemetry event and its full-text row; returns its id. */
export function insertTelemetry(tx: Recording, row: NewTelemetryEvent): string {
  const id = `telemetry-${neighbouringUuid(Date.parse(tx.now))}`;
  const seq = tx.seq();
  const task_id = row.task_id ?? null;
  const run_id = row.run_id === undefined ? tx.activeRun(task_id) : row.run_id;
  const summary = maskSecrets(row.summary) as string;
  const attributes = canonicalJson(maskSecrets(row.attributes));
  tx.sql
    .hot(
      `INSERT INTO telemetry_events
       (id, run_id, task_id, timestamp, actor, event_type, severity, summary, correlation_json, attributes_json, seq)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      id,
      run_id,
      task_id,
      tx.now,
      row.actor,
      row.event_type,
      row.severity,
      summary,
      canonicalJson(maskSecrets(row.correlation ?? {})),
      attributes,
      seq,
    );
  tx.sql
    .hot(
      `INSERT INTO telemetry_events_fts (rowid, event_id, task_id, run_id, actor, event_type, summary, attributes)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(seq, id, task_id, run_id, row.actor, row.event_type, summary, attributes);
  return id;
}
