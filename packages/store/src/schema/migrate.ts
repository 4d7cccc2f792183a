import { randomUUID } from "node:crypto";
import { ConveyorError } from "@conveyor/contracts/errors";
import type Database from "better-sqlite3";
import { migrations as embeddedMigrations } from "../generated/migrations.ts";
import { backUp } from "./backup.ts";
import type { Migration } from "./migration.ts";
import { readUserVersion, recognizeLedger, refuseUnsupported } from "./recognize.ts";
import { PRISMA_MIGRATIONS_TABLE, versionOf } from "./version.ts";

export interface PrepareOptions {
  /** The file of the connection, for messages and for the backup's name. */
  path: string;
  /** The time to record, UTC with milliseconds. */
  now: string;
  /** The host that a new ledger belongs to (spec 11); default: none, until it is adopted. */
  host_id?: (() => string) | undefined;
  /** The migrations to bring the ledger to, in order; default: those of this program. */
  migrations?: readonly Migration[];
}

export interface PreparedLedger {
  created: boolean;
  /** The version the ledger had before it was migrated, or null when it was not. */
  migrated_from: number | null;
  /** The copy made before migrating, or null. */
  backup_path: string | null;
}

const NOTHING_DONE: PreparedLedger = { created: false, migrated_from: null, backup_path: null };

/**
 * Refuse a database that must not be touched, without changing it: another program's, the earlier tool's, a newer one.
 * To be called before anything is set on the connection that the file keeps (the journal mode). Throws
 * `ledger_invalid`, `ledger_unsupported` (spec 07 §7.4).
 */
export function assertLedger(db: Database.Database, options: Pick<PrepareOptions, "path" | "migrations">): void {
  const target = versionOf(options.migrations ?? embeddedMigrations);
  if (readUserVersion(db, options.path) === target) return;
  const { kind, user_version } = recognizeLedger(db, options.path, target);
  refuseUnsupported(kind, user_version, options.path, target);
}

/**
 * Make the database behind this connection a ledger of the current version: create it when it is empty, migrate it
 * when it is older (after a backup), leave it alone when it is current. Several processes may do this at once. The
 * usual case costs one read of the version mark. Throws `ledger_invalid`, `ledger_unsupported`; SQLite's own errors
 * (busy, read-only, disk full) pass through. Spec 07 §7.4.
 */
export function prepareLedger(db: Database.Database, options: PrepareOptions): PreparedLedger {
  const list = options.migrations ?? embeddedMigrations;
  const target = versionOf(list);
  if (readUserVersion(db, options.path) === target) return NOTHING_DONE;
  const before = recognizeLedger(db, options.path, target);
  refuseUnsupported(before.kind, before.user_version, options.path, target);
  if (before.kind === "older" && (db.memory || options.path === ":memory:")) {
    throw new ConveyorError(
      "ledger_unsupported",
      `a ledger in memory cannot be migrated from version ${before.user_version}`,
      {
        hint: "open a ledger that is a file",
      },
    );
  }
  return withoutForeignKeys(db, () => inImmediateTransaction(db, () => prepareLocked(db, options, list)));
}

/** The same decision once more, now that nobody else can write: another process may have been faster. */
function prepareLocked(db: Database.Database, options: PrepareOptions, list: readonly Migration[]): PreparedLedger {
  const target = versionOf(list);
  const { kind, user_version } = recognizeLedger(db, options.path, target);
  refuseUnsupported(kind, user_version, options.path, target);
  if (kind === "current") return NOTHING_DONE;
  if (kind === "empty") {
    db.exec(PRISMA_MIGRATIONS_TABLE);
    apply(db, list, options.now);
    recordVersion(db, target, options.now);
    const info = db.prepare("INSERT INTO ledger_info (key, value) VALUES (?, ?)");
    info.run("ledger_id", randomUUID());
    if (options.host_id !== undefined) info.run("host_id", options.host_id());
    info.run("created_at", options.now);
    return { created: true, migrated_from: null, backup_path: null };
  }
  const pending = pendingMigrations(db, list, options.path);
  const backup_path = backUp(options.path, user_version);
  apply(db, pending, options.now);
  assertForeignKeys(db, options.path);
  recordVersion(db, target, options.now);
  return { created: false, migrated_from: user_version, backup_path };
}

/** Both version marks; the table keeps one row for every version this ledger has had. */
function recordVersion(db: Database.Database, version: number, now: string): void {
  db.prepare("INSERT INTO schema_migrations (version, applied_at) VALUES (?, ?)").run(version, now);
  db.pragma(`user_version = ${version}`);
}

/** Run migrations and record each as Prisma does. */
function apply(db: Database.Database, pending: readonly Migration[], now: string): void {
  const record = db.prepare(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
     VALUES (?, ?, ?, ?, ?, 1)`,
  );
  // Prisma writes the offset in digits.
  const time = now.replace(/Z$/, "+00:00");
  for (const { name, checksum, sql } of pending) {
    db.exec(sql);
    record.run(randomUUID(), checksum, name, time, time);
  }
}

/** What the ledger still lacks. Its history must be the beginning of ours, else nobody knows what it contains. */
function pendingMigrations(db: Database.Database, list: readonly Migration[], path: string): readonly Migration[] {
  const applied = db
    .prepare(
      `SELECT migration_name AS name, checksum FROM _prisma_migrations
       WHERE rolled_back_at IS NULL AND finished_at IS NOT NULL ORDER BY migration_name`,
    )
    .all() as Pick<Migration, "name" | "checksum">[];
  const strange = applied.find(
    ({ name, checksum }, index) => list[index]?.name !== name || list[index]?.checksum !== checksum,
  );
  if (strange !== undefined || applied.length >= list.length) {
    const which = strange === undefined ? "" : ` (${strange.name})`;
    throw new ConveyorError(
      "ledger_invalid",
      `the ledger ${path} has a migration history that this program does not know${which}`,
      {
        hint: "nothing was changed; open it with the Conveyor that wrote it",
        details: { path, applied: applied.map(({ name }) => name) },
      },
    );
  }
  return list.slice(applied.length);
}

function assertForeignKeys(db: Database.Database, path: string): void {
  const violations = db
    .prepare('SELECT DISTINCT "table" FROM pragma_foreign_key_check LIMIT 10')
    .pluck()
    .all() as string[];
  if (violations.length === 0) return;
  throw new ConveyorError(
    "ledger_invalid",
    `the ledger ${path} cannot be migrated: rows of ${violations.join(", ")} refer to rows that do not exist`,
    {
      hint: "nothing was changed; `conveyor db-doctor` lists the rows",
      details: { path, tables: violations },
    },
  );
}

/** Table rebuilds need foreign keys off, and SQLite takes that setting only outside a transaction. */
function withoutForeignKeys<T>(db: Database.Database, work: () => T): T {
  const before = Number(db.pragma("foreign_keys", { simple: true }));
  db.pragma("foreign_keys = OFF");
  try {
    return work();
  } finally {
    db.pragma(`foreign_keys = ${before}`);
  }
}

function inImmediateTransaction<T>(db: Database.Database, work: () => T): T {
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    db.exec("COMMIT");
    return result;
  } finally {
    if (db.inTransaction) db.exec("ROLLBACK");
  }
}
