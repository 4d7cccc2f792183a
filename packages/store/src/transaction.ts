import { canonicalJson } from "@conveyor/contracts/json";
import { neighbouringUuid } from "@conveyor/contracts/uuid";
import type { PrismaClient } from "./generated/prisma/client.ts";
import { type Handle, prepared, type Statement } from "./handle.ts";
import type { Db } from "./prisma.ts";
import { maskSecrets } from "./secrets/mask.ts";

/** An audit event about to be written (spec 07 §7.5.6, §7.8). */
export interface AuditEvent {
  type: string;
  /** Who did it; what a CLI command writes is `workerctl` unless its chapter names the role. */
  actor?: string | undefined;
  payload: Record<string, unknown>;
  task_id?: string | null | undefined;
  session_id?: string | null | undefined;
  /** A folder-based worker. */
  worker_id?: string | null | undefined;
  command_id?: string | null | undefined;
  correlation_id?: string | null | undefined;
}

export type TelemetryActor = "dispatch" | "manager" | "worker" | "operator" | "workerctl" | "system";
export type Severity = "debug" | "info" | "warning" | "error";

/** A telemetry event about to be written (spec 07 §7.9). */
export interface NewTelemetryEvent {
  event_type: string;
  actor?: TelemetryActor | undefined;
  severity?: Severity | undefined;
  /** One line for people; no content, it is full-text indexed. */
  summary: string;
  correlation?: Record<string, unknown> | undefined;
  attributes?: Record<string, unknown> | undefined;
  task_id?: string | null | undefined;
  /** Default: the task's active run. */
  run_id?: string | null | undefined;
}

/**
 * A transaction of hand-written statements: the shared sequence, the two records, and nothing of Prisma. Everything
 * written in it carries the one time `now`.
 */
export class FastTx {
  readonly handle: Handle;
  /** The time of this transaction, UTC with milliseconds. */
  readonly now: string;
  #sequence: number | undefined;
  #written = false;
  #changesBefore: number;
  readonly #activeRuns = new Map<string, string | null>();

  constructor(handle: Handle, now: string) {
    this.handle = handle;
    this.now = now;
    this.#changesBefore = totalChanges(handle);
  }

  /** Whether this transaction changed anything. */
  get wrote(): boolean {
    return this.#written || totalChanges(this.handle) !== this.#changesBefore;
  }

  /** A prepared statement of the ledger's connection; only the store's own files call this. */
  sql(text: string): Statement {
    return prepared(this.handle, text);
  }

  /** The next number of the ledger's one sequence, by which everything is ordered (spec 00, Time and order). */
  seq(): number {
    return this.reserveSeq(1);
  }

  /** Take `amount` numbers at once; returns the first. */
  reserveSeq(amount: number): number {
    this.#sequence ??= (this.sql("SELECT value FROM ledger_sequence WHERE id = 1").get() as { value: number }).value;
    const first = this.#sequence + 1;
    this.#sequence += amount;
    return first;
  }

  /** Write an audit event; returns its id. Secrets are masked, content must not be in it (spec 07 §7.7.2). */
  audit(event: AuditEvent): number {
    const result = this.sql(
      `INSERT INTO events (created_at, actor, command_id, correlation_id, task_id, session_id, worker_id, type, payload_json, seq)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      this.now,
      event.actor ?? "workerctl",
      event.command_id ?? null,
      event.correlation_id ?? null,
      event.task_id ?? null,
      event.session_id ?? null,
      event.worker_id ?? null,
      event.type,
      canonicalJson(maskSecrets(event.payload)),
      this.seq(),
    );
    return Number(result.lastInsertRowid);
  }

  /** Write a telemetry event and its full-text row; returns its id. */
  telemetry(event: NewTelemetryEvent): string {
    const id = `telemetry-${neighbouringUuid(Date.parse(this.now))}`;
    const seq = this.seq();
    const task_id = event.task_id ?? null;
    const run_id = event.run_id === undefined ? this.#activeRun(task_id) : event.run_id;
    const actor = event.actor ?? "workerctl";
    const summary = maskSecrets(event.summary) as string;
    const attributes = canonicalJson(maskSecrets(event.attributes ?? {}));
    this.sql(
      `INSERT INTO telemetry_events
         (id, run_id, task_id, timestamp, actor, event_type, severity, summary, correlation_json, attributes_json, seq)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      id,
      run_id,
      task_id,
      this.now,
      actor,
      event.event_type,
      event.severity ?? "info",
      summary,
      canonicalJson(maskSecrets(event.correlation ?? {})),
      attributes,
      seq,
    );
    this.sql(
      `INSERT INTO telemetry_events_fts (rowid, event_id, task_id, run_id, actor, event_type, summary, attributes)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(seq, id, task_id, run_id, actor, event.event_type, summary, attributes);
    return id;
  }

  /** Write the audit event and its telemetry mirror under the same name (spec 07 §7.9.1). Returns both ids. */
  record(
    event: AuditEvent & {
      summary: string;
      correlation?: Record<string, unknown>;
      severity?: Severity;
      telemetry_actor?: TelemetryActor;
    },
  ): { event_id: number; telemetry_id: string } {
    const event_id = this.audit(event);
    const telemetry_id = this.telemetry({
      event_type: event.type,
      actor: event.telemetry_actor,
      severity: event.severity,
      summary: event.summary,
      correlation: event.correlation,
      attributes: event.payload,
      task_id: event.task_id,
    });
    return { event_id, telemetry_id };
  }

  /** Store the sequence; the store calls this right before COMMIT. */
  finish(): void {
    if (this.#sequence === undefined) return;
    this.sql("UPDATE ledger_sequence SET value = ? WHERE id = 1").run(this.#sequence);
    this.#written = true;
  }

  #activeRun(task_id: string | null): string | null {
    if (task_id === null) return null;
    let run = this.#activeRuns.get(task_id);
    if (run === undefined) {
      const row = this.sql("SELECT id FROM runs WHERE task_id = ? AND status = 'active'").get(task_id);
      run = (row as { id: string } | undefined)?.id ?? null;
      this.#activeRuns.set(task_id, run);
    }
    return run;
  }
}

function totalChanges(handle: Handle): number {
  return (prepared(handle, "SELECT total_changes() AS n").get() as { n: number }).n;
}

/** A transaction in which Prisma may be used as well. In `Store.read` nothing may be written. */
export class ReadTx extends FastTx {
  /** The tables, through Prisma, inside this transaction. */
  readonly db: Db;

  constructor(handle: Handle, now: string, prisma: PrismaClient) {
    super(handle, now);
    this.db = prisma;
  }
}

/** The transaction of a mutation. */
export class WriteTx extends ReadTx {}
