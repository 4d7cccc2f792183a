import type { EventName, EventTold, TelemetryIdOf } from "@conveyor/contracts/events/catalogue";
import type { AnyEventTold } from "@conveyor/contracts/events/declaration";
import { tellEvent } from "./events.ts";
import type { PrismaClient } from "./generated/prisma/client.ts";
import { type Handle, HandWritten, prepared } from "./handle.ts";
import type { Db } from "./prisma.ts";

/** Hears of every event as it is told, before it is written; tests check it against its schema. */
export type EventListener = (name: EventName, event: AnyEventTold) => void;

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
  readonly #told: EventListener | undefined;
  readonly #activeRuns = new Map<string, string | null>();

  constructor(handle: Handle, now: string, told?: EventListener) {
    this.handle = handle;
    this.sql = new HandWritten(handle);
    this.#told = told;
    this.now = now;
    this.#changesBefore = totalChanges(handle);
  }

  /** Whether this transaction changed anything. */
  get wrote(): boolean {
    return this.#written || totalChanges(this.handle) !== this.#changesBefore;
  }

  /** Hand-written statements of the ledger's connection; only the store's own files call this. */
  readonly sql: HandWritten;

  /** The next number of the ledger's one sequence, by which everything is ordered (spec 00, Time and order). */
  seq(): number {
    return this.reserveSeq(1);
  }

  /** Take `amount` numbers at once; returns the first. */
  reserveSeq(amount: number): number {
    this.#sequence ??= (
      this.sql.hot("SELECT value FROM ledger_sequence WHERE id = 1").get() as { value: number }
    ).value;
    const first = this.#sequence + 1;
    this.#sequence += amount;
    return first;
  }

  /**
   * Record an event as the catalogue declares it (`@conveyor/contracts/events`): in the audit, in telemetry, or in both.
   * Returns the id of the telemetry event; undefined when only the audit keeps it. No attribute may hold content; secrets
   * are masked (spec 07 §7.7.2).
   */
  tell<Name extends EventName>(name: Name, event: EventTold<Name>): TelemetryIdOf<Name> {
    const told = event as AnyEventTold;
    this.#told?.(name, told);
    return tellEvent(this, name, told) as TelemetryIdOf<Name>;
  }

  /** Store the sequence; the store calls this right before COMMIT. */
  finish(): void {
    if (this.#sequence === undefined) return;
    this.sql.hot("UPDATE ledger_sequence SET value = ? WHERE id = 1").run(this.#sequence);
    this.#written = true;
  }

  /** The active run of a task, which its telemetry is filed under; null without one. */
  activeRun(task_id: string | null): string | null {
    if (task_id === null) return null;
    let run = this.#activeRuns.get(task_id);
    if (run === undefined) {
      const row = this.sql.hot("SELECT id FROM runs WHERE task_id = ? AND status = 'active'").get(task_id);
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

  constructor(handle: Handle, now: string, prisma: PrismaClient, told?: EventListener) {
    super(handle, now, told);
    this.db = prisma;
  }
}

/** The transaction of a mutation. */
export class WriteTx extends ReadTx {}
