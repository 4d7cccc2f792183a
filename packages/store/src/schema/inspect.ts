import { statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type Database from "better-sqlite3";
import { duplicateBindings, fullTextState } from "./consistency.ts";
import { requiredObjects, SCHEMA_VERSION, tableNames } from "./version.ts";

/** What a check found: whether all is well, and what speaks for it. */
interface Findings {
  ok: boolean;
  [field: string]: unknown;
}

/** One row of the ledger's health report; what else it holds depends on its name (spec 07 §7.10.8). */
export interface LedgerCheck extends Findings {
  name: string;
}

export interface InspectOptions {
  /** The file of the connection; `:memory:` skips what concerns files. */
  path: string;
  /** Read every page and every index instead of a quick look; takes time in proportion to the size. */
  full?: boolean;
  /** Folders that hold only our files and must be private (0700), for instance the state root. */
  private_folders?: readonly string[];
}

/** Lists in a report end here; the number of all findings stands beside them. */
const LISTED = 100;
const WAL_LIMIT_BYTES = 64 * 1024 * 1024;
/** Below this a backup before a migration, or a checkpoint, may fail. */
const DISK_FREE_LIMIT_BYTES = 64 * 1024 * 1024;

/** The checks whose names the earlier tool gave, in its order. Reports what this connection really has; changes nothing. */
export function inheritedChecks(db: Database.Database): LedgerCheck[] {
  return [...schemaChecks(db), { name: "foreign_key_check", ...survivingDamage(() => foreignKeyCheck(db)) }];
}

/** Those of them that read no rows, and so take the same time however large the ledger is. */
export function schemaChecks(db: Database.Database): LedgerCheck[] {
  const looks: [name: string, look: () => Findings][] = [
    ["foreign_keys", () => setting(readNumber(db, "foreign_keys"), (value) => value === 1)],
    [
      "journal_mode_wal",
      () => setting(String(db.pragma("journal_mode", { simple: true })), (value) => value === "wal"),
    ],
    ["busy_timeout", () => setting(readNumber(db, "busy_timeout"), (value) => value >= 5000)],
    ["schema_version", () => setting(recordedVersion(db), (value) => value === SCHEMA_VERSION)],
    ["user_version", () => setting(readNumber(db, "user_version"), (value) => value === SCHEMA_VERSION)],
    ["required_tables", () => required(db, "tables")],
    ["required_indexes", () => required(db, "indexes")],
    ["required_triggers", () => required(db, "triggers")],
  ];
  return looks.map(([name, look]) => ({ name, ...survivingDamage(look) }));
}

function setting<Value>(value: Value, isRight: (value: Value) => boolean): Findings {
  return { ok: isRight(value), value };
}

/** The checks that we add. `integrity_check` only with `full`. Changes nothing. */
export function furtherChecks(db: Database.Database, options: InspectOptions): LedgerCheck[] {
  const path = options.path === ":memory:" || db.memory ? null : options.path;
  const checks: [name: string, look: () => Findings][] = [["quick_check", () => integrity(db, "quick_check")]];
  if (options.full === true) checks.push(["integrity_check", () => integrity(db, "integrity_check")]);
  checks.push(
    ["fts_in_sync", () => fullText(db)],
    ["duplicate_active_bindings", () => duplicates(db)],
    ["file_permissions", () => permissions(path, options.private_folders ?? [])],
    ["wal_size", () => walSize(path)],
    ["disk_free", () => diskFree(path)],
    ["orphan_rollouts", () => orphanRollouts(db)],
  );
  return checks.map(([name, look]) => ({ name, ...survivingDamage(look) }));
}

/** The report on a damaged ledger must not end at the damage. */
function survivingDamage(look: () => Findings): Findings {
  try {
    return look();
  } catch (error) {
    const { code, message } = error as { code?: unknown; message: string };
    if (typeof code !== "string" || !code.startsWith("SQLITE_CORRUPT")) throw error;
    return { ok: false, problems: [message] };
  }
}

/**
 * The whole health report of the ledger itself in the order of spec 07 §7.10.8. A caller that adds `live_reconcile`
 * puts it between `inheritedChecks` and `furtherChecks`.
 */
export function inspectLedger(db: Database.Database, options: InspectOptions): LedgerCheck[] {
  return [...inheritedChecks(db), ...furtherChecks(db, options)];
}

function readNumber(db: Database.Database, pragma: string): number {
  return Number(db.pragma(pragma, { simple: true }));
}

function hasTable(db: Database.Database, name: string): boolean {
  return tableNames(db).includes(name);
}

function rows<T>(db: Database.Database, sql: string, ...values: unknown[]): T[] {
  return db
    .prepare(sql)
    .safeIntegers(false)
    .all(...values) as T[];
}

function recordedVersion(db: Database.Database): number | null {
  if (!hasTable(db, "schema_migrations")) return null;
  return (
    rows<{ version: number | null }>(db, "SELECT max(version) AS version FROM schema_migrations")[0]?.version ?? null
  );
}

function required(db: Database.Database, kind: "tables" | "indexes" | "triggers"): Findings {
  const type = { tables: "table", indexes: "index", triggers: "trigger" }[kind];
  const found = rows<{ name: string }>(db, "SELECT name FROM sqlite_master WHERE type = ?", type);
  const present = new Set(kind === "tables" ? tableNames(db) : found.map((row) => row.name));
  const missing = requiredObjects()
    [kind].map(({ name }) => name)
    .filter((name) => !present.has(name));
  return { ok: missing.length === 0, missing: missing.sort() };
}

function foreignKeyCheck(db: Database.Database): Findings {
  const violations: unknown[] = [];
  let violation_count = 0;
  const statement = db.prepare('SELECT "table", rowid, parent, fkid FROM pragma_foreign_key_check').safeIntegers(false);
  for (const violation of statement.iterate()) {
    violation_count += 1;
    if (violations.length < LISTED) violations.push(violation);
  }
  return { ok: violation_count === 0, violation_count, violations };
}

function integrity(db: Database.Database, pragma: "quick_check" | "integrity_check"): Findings {
  const answers = (db.pragma(`${pragma}(${LISTED})`) as Record<string, string>[]).map((row) => row[pragma] ?? "");
  const problems = answers.filter((answer) => answer !== "ok");
  return { ok: problems.length === 0, problems };
}

const TABLE_MISSING: Findings = { ok: false, problems: ["a table it reads is missing"] };

function fullText(db: Database.Database): Findings {
  if (!hasTable(db, "telemetry_events") || !hasTable(db, "telemetry_events_fts")) return TABLE_MISSING;
  const state = fullTextState(db, LISTED);
  return { ok: state.missing_count + state.surplus_count === 0, ...state };
}

function duplicates(db: Database.Database): Findings {
  if (!hasTable(db, "bindings")) return TABLE_MISSING;
  const found = duplicateBindings(db, LISTED);
  return { ok: found.length === 0, duplicates: found };
}

/** The permission bits of a file as people write them (`0644`), or null when it does not exist. */
function modeOf(path: string): { bits: number; text: string } | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return null;
  const bits = stat.mode & 0o777;
  return { bits, text: `0${bits.toString(8).padStart(3, "0")}` };
}

function permissions(path: string | null, folders: readonly string[]): Findings {
  const expected = [
    ...(path === null ? [] : [path, `${path}-wal`, `${path}-shm`].map((file) => ({ path: file, allowed: 0o600 }))),
    ...folders.map((folder) => ({ path: folder, allowed: 0o700 })),
  ];
  const looser = expected.flatMap((entry) => {
    const mode = modeOf(entry.path);
    if (mode === null || (mode.bits & ~entry.allowed) === 0) return [];
    return [{ path: entry.path, mode: mode.text, expected: `0${entry.allowed.toString(8)}` }];
  });
  return { ok: looser.length === 0, looser };
}

function walSize(path: string | null): Findings {
  const bytes = path === null ? 0 : (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0);
  return { ok: bytes <= WAL_LIMIT_BYTES, bytes, limit_bytes: WAL_LIMIT_BYTES };
}

/** Room for at least one copy of the ledger, which a migration makes first. */
function diskFree(path: string | null): Findings {
  if (path === null) return { ok: true, free_bytes: null, needed_bytes: 0 };
  const disk = statfsSync(dirname(path));
  const free_bytes = disk.bavail * disk.bsize;
  const needed_bytes = Math.max(DISK_FREE_LIMIT_BYTES, statSync(path, { throwIfNoEntry: false })?.size ?? 0);
  return { ok: free_bytes >= needed_bytes, free_bytes, needed_bytes };
}

/** Rollout files that an active session is still to be read from but that are gone. */
function orphanRollouts(db: Database.Database): Findings {
  if (!hasTable(db, "rollout_files") || !hasTable(db, "sessions")) return TABLE_MISSING;
  const followed = rows<{ session: string; path: string }>(
    db,
    `SELECT s.name AS session, f.path AS path FROM rollout_files f JOIN sessions s ON s.id = f.session_id
     WHERE f.state = 'active' AND s.state = 'active' ORDER BY f.seq DESC LIMIT 1000`,
  );
  const missing = followed.filter(({ path }) => statSync(path, { throwIfNoEntry: false }) === undefined);
  return { ok: missing.length === 0, missing_count: missing.length, missing: missing.slice(0, LISTED) };
}
