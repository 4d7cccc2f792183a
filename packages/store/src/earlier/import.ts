import { ConveyorError } from "@conveyor/contracts/errors";
import type { Statement } from "../handle.ts";
import { tableNames } from "../schema/version.ts";
import type { FastTx } from "../transaction.ts";
import { CountedIds } from "./ids.ts";
import { newNames, type Renamed } from "./names.ts";
import { type EarlierOrder, orderOf } from "./order.ts";
import { RowRepairs } from "./repairs.ts";
import {
  addEarlierRollout,
  addFormerTurnEnds,
  currentFileStarts,
  type EarlierRecord,
  observeSessions,
  recordColumns,
} from "./rollouts.ts";
import type { EarlierSnapshot } from "./snapshot.ts";
import { EARLIER_BOOKKEEPING, EARLIER_TABLES, type EarlierTable, isDisposable } from "./tables.ts";
import { isTimeColumn, normalTime } from "./time.ts";

export interface EarlierTableCount {
  table: string;
  found: number;
  imported: number;
  /** Imported before, or known to this ledger under the same id. */
  already_here: number;
  skipped: number;
}

export interface EarlierReport {
  /** This very file was imported before; then nothing was looked at. */
  already_imported: boolean;
  tables: EarlierTableCount[];
  renamed: Renamed[];
  /** The first of the rows that could not be taken over. */
  skipped: { table: string; id: string; reason: string }[];
  not_imported_tables: string[];
  /** Stable names of what is worth knowing. */
  warnings: string[];
}

export interface EarlierImportOptions {
  /** What the records of a session's rollout mean, as JSON for `sessions.observation_json`. */
  observe: (thread_id: string | null, records: Iterable<EarlierRecord>) => string;
}

const MOST_SKIPPED_LISTED = 200;
type Row = Record<string, unknown>;

/**
 * Take every row of an earlier database over that is not here yet: same tables and columns, times in our form, one
 * sequence over everything in order of instant, what we know more filled in, full-text rows made. A row that cannot be
 * taken over is reported with its reason; a reference that may be empty and leads nowhere is emptied. The caller's
 * transaction holds all of it. Throws `ledger_invalid` when references would be broken.
 */
export function importEarlier(tx: FastTx, snapshot: EarlierSnapshot, options: EarlierImportOptions): EarlierReport {
  const file_mark = `ledger:file:${snapshot.sha256}`;
  if (tx.sql.atomic("SELECT 1 FROM data_migrations WHERE name = ?").get(file_mark) !== undefined) {
    return { already_imported: true, tables: [], renamed: [], skipped: [], not_imported_tables: [], warnings: [] };
  }
  const run = new EarlierImport(tx, snapshot, options);
  for (const table of EARLIER_TABLES) run.importTable(table);
  run.finish(file_mark);
  assertReferences(tx, snapshot.path);
  return run.report;
}

class EarlierImport {
  readonly report: EarlierReport;
  readonly #tx: FastTx;
  readonly #snapshot: EarlierSnapshot;
  readonly #options: EarlierImportOptions;
  readonly #columns: Map<string, Set<string>>;
  readonly #order: EarlierOrder;
  readonly #base: number;
  readonly #repairs: RowRepairs;
  readonly #counted = new Map<string, CountedIds>();
  /** Workers that are here under another id. */
  readonly #sameWorkers = new Map<string, string>();
  readonly #newSessions = new Set<string>();
  readonly #fileStarts: ReadonlyMap<string, number>;
  #detached = 0;
  #pendingCommands = 0;

  constructor(tx: FastTx, snapshot: EarlierSnapshot, options: EarlierImportOptions) {
    this.#tx = tx;
    this.#snapshot = snapshot;
    this.#options = options;
    const names = tableNames(snapshot.db);
    this.#columns = new Map(names.map((name) => [name, new Set(columnsOf(snapshot, name))]));
    this.#order = orderOf(snapshot.db, this.#columns);
    this.#base = tx.reserveSeq(this.#order.size) - 1;
    this.#repairs = new RowRepairs(snapshot.db, this.#columns);
    this.#fileStarts = this.#columns.has("codex_events") ? currentFileStarts(snapshot.db) : new Map();
    const known = new Set(EARLIER_TABLES.map(({ name }) => name));
    this.report = {
      already_imported: false,
      tables: [],
      renamed: [],
      skipped: [],
      not_imported_tables: names.filter((name) => !known.has(name) && !EARLIER_BOOKKEEPING.has(name)).sort(),
      warnings: [],
    };
  }

  importTable(table: EarlierTable): void {
    const present = this.#columns.get(table.name);
    if (present === undefined) return;
    const { db } = this.#snapshot;
    const count: EarlierTableCount = { table: table.name, found: 0, imported: 0, already_here: 0, skipped: 0 };
    this.report.tables.push(count);
    const counted = table.key.kind === "counted" ? new CountedIds(this.#tx, db, table) : null;
    if (counted !== null) this.#counted.set(table.name, counted);
    const names = table.unique_name ? newNames(this.#tx, db, table) : null;
    const insert = new RowInsert(this.#tx, table.name);
    const taken = this.#tx.sql.atomic(`SELECT 1 FROM "${table.name}" WHERE "${table.key.column}" = ?`);
    const extra = table.name === "codex_events" ? recordColumns(present) : "";
    const source = db.prepare(`SELECT rowid AS "row of source", *${extra} FROM "${table.name}" ORDER BY rowid`);
    for (const row of source.iterate() as IterableIterator<Row>) {
      count.found += 1;
      const key = row[table.key.column];
      if (counted === null ? taken.get(key) !== undefined : counted.isKnown(Number(key))) {
        count.already_here += 1;
        continue;
      }
      const reason = this.#importRow(table, row, insert, names?.get(String(key)) ?? null);
      if (reason === null) count.imported += 1;
      else if (reason === HERE_UNDER_ANOTHER_ID) count.already_here += 1;
      else {
        count.skipped += 1;
        if (this.report.skipped.length < MOST_SKIPPED_LISTED)
          this.report.skipped.push({ table: table.name, id: String(key), reason });
      }
    }
  }

  /** Marks, what follows from the rows, and the warnings. */
  finish(file_mark: string): void {
    const { db, path, sha256 } = this.#snapshot;
    observeSessions(this.#tx, [...this.#newSessions], this.#options.observe);
    addFormerTurnEnds(this.#tx, [...this.#newSessions]);
    this.#tx.sql
      .atomic(
        "UPDATE command_attempts SET task_id = (SELECT task_id FROM commands WHERE id = command_id) WHERE task_id IS NULL",
      )
      .run();
    const mark = this.#tx.sql.atomic(
      "INSERT OR IGNORE INTO data_migrations (name, source_path, source_hash, applied_at) VALUES (?, ?, ?, ?)",
    );
    if (this.#columns.has("data_migrations")) {
      for (const row of db
        .prepare("SELECT name, source_path, source_hash, applied_at FROM data_migrations")
        .all() as Row[]) {
        mark.run(row["name"], row["source_path"], row["source_hash"], normalTime(row["applied_at"]) ?? this.#tx.now);
      }
    }
    for (const ids of this.#counted.values()) {
      const range = ids.mark();
      if (range !== null) mark.run(range.name, path, range.hash, this.#tx.now);
    }
    mark.run(file_mark, path, sha256, this.#tx.now);
    const { warnings } = this.report;
    if (this.#order.unreadable_times > 0) warnings.push(`unreadable_times:${this.#order.unreadable_times}`);
    if (this.#detached > 0) warnings.push(`detached_references:${this.#detached}`);
    if (this.#repairs.count > 0) warnings.push(`stale_runs_closed:${this.#repairs.count}`);
    if (this.#pendingCommands > 0) warnings.push(`pending_commands_will_be_dispatched:${this.#pendingCommands}`);
  }

  /** Null when the row is here now, else why not. */
  #importRow(table: EarlierTable, row: Row, insert: RowInsert, renamed: Renamed | null): string | null {
    if (table.name === "workers" && this.#isHere(row)) return HERE_UNDER_ANOTHER_ID;
    // Ingest has gone on with the rollout of a session that came before; the same records again would be doubles.
    if (table.name === "codex_events" && !this.#newSessions.has(String(row["session_id"]))) return SESSION_WAS_HERE;
    const made: Row = { ...row };
    delete made["row of source"];
    for (const [column, value] of Object.entries(made)) {
      if (isTimeColumn(column) && value !== null) made[column] = normalTime(value) ?? value;
    }
    const broken = this.#follow(table, made, insert);
    if (broken !== null) return broken;
    if (renamed !== null) made["name"] = renamed.to;
    const id =
      table.key.kind === "counted" ? this.#counted.get(table.name)?.of(Number(row["id"])) : row[table.key.column];
    made[table.key.column] = id;
    this.#adapt(table, row, made);
    for (const [column, number] of Object.entries(this.#order.of(table, Number(row["row of source"])))) {
      made[column] = this.#base + number;
    }
    fillIn(made, table.defaults?.(row) ?? {}, insert);
    const reason = insert.run(made);
    if (reason !== null) return reason;
    this.#after(table, made, renamed);
    return null;
  }

  /** Give references their ids here. Those that must lead somewhere and do not are the reason to leave the row out. */
  #follow(table: EarlierTable, row: Row, insert: RowInsert): string | null {
    for (const [column, parent] of Object.entries(table.references)) {
      const there = row[column];
      if (there === null || there === undefined) continue;
      const here = this.#idHere(parent, there);
      if (here !== null) row[column] = here;
      else if (insert.isRequired(column)) return `${column} refers to ${parent} ${String(there)}, which is not here`;
      else {
        row[column] = null;
        this.#detached += 1;
      }
    }
    return null;
  }

  #idHere(parent: string, id: unknown): unknown {
    const counted = this.#counted.get(parent);
    const here = counted === undefined ? (this.#sameWorkers.get(String(id)) ?? id) : counted.of(Number(id));
    if (here === null) return null;
    return this.#tx.sql.atomic(`SELECT 1 FROM "${parent}" WHERE id = ?`).get(here) === undefined ? null : here;
  }

  /** A worker that an import of its folder brought has another id, but the same token. */
  #isHere(row: Row): boolean {
    const same = this.#tx.sql
      .atomic("SELECT id FROM workers WHERE identity_token = ? OR (name = ? AND tmux_session = ?)")
      .get(row["identity_token"], row["name"], row["tmux_session"]) as { id: string } | undefined;
    if (same === undefined) return false;
    this.#sameWorkers.set(String(row["id"]), same.id);
    return true;
  }

  #adapt(table: EarlierTable, row: Row, made: Row): void {
    this.#repairs.apply(table.name, row, made);
    if (table.name === "sessions" && isDisposable(row)) made["pid"] = null;
    if (table.name === "codex_events") {
      const session_id = String(row["session_id"]);
      const file = this.#tx.sql.atomic("SELECT id FROM rollout_files WHERE session_id = ?").get(session_id) as
        | { id: number }
        | undefined;
      const is_current = Number(row["id"]) >= (this.#fileStarts.get(session_id) ?? 0);
      made["rollout_file_id"] = is_current ? (file?.id ?? null) : null;
    }
    // The key of a reported completion names the record that told of it, which may have another number here.
    if (table.name === "routed_notifications" && made["signal_type"] === "worker_task_complete") {
      const [there, here] = [row["source_event_id"], made["source_event_id"]];
      const key = String(row["dedupe_key"]);
      if (there !== null && here !== null && there !== here && key.endsWith(`:${String(there)}`)) {
        made["dedupe_key"] = `${key.slice(0, -String(there).length)}${String(here)}`;
      }
    }
  }

  #after(table: EarlierTable, made: Row, renamed: Renamed | null): void {
    if (renamed !== null) this.report.renamed.push(renamed);
    if (table.name === "sessions") {
      this.#newSessions.add(String(made["id"]));
      addEarlierRollout(this.#tx, made);
    }
    if (table.name === "commands" && made["state"] === "pending") this.#pendingCommands += 1;
    if (table.name === "telemetry_events") {
      this.#tx.sql
        .atomic(
          `INSERT INTO telemetry_events_fts (rowid, event_id, task_id, run_id, actor, event_type, summary, attributes)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        )
        .run(
          made["seq"],
          made["id"],
          made["task_id"] ?? null,
          made["run_id"] ?? null,
          made["actor"],
          made["event_type"],
          made["summary"],
          made["attributes_json"],
        );
    }
  }
}

const HERE_UNDER_ANOTHER_ID = "here under another id";
const SESSION_WAS_HERE = "its session was in this ledger already, which reads the rollout itself";

/** Inserts rows into one table; a row that breaks a rule of the table is left out with the rule as reason. */
class RowInsert {
  readonly #tx: FastTx;
  readonly #table: string;
  readonly #columns: Map<string, { required: boolean }>;
  readonly #statements = new Map<string, Statement>();

  constructor(tx: FastTx, table: string) {
    this.#tx = tx;
    this.#table = table;
    const columns = tx.sql.atomic('SELECT name, "notnull" AS required FROM pragma_table_info(?)').all(table) as {
      name: string;
      required: number;
    }[];
    this.#columns = new Map(columns.map(({ name, required }) => [name, { required: required === 1 }]));
  }

  has(column: string): boolean {
    return this.#columns.has(column);
  }

  isRequired(column: string): boolean {
    return this.#columns.get(column)?.required ?? false;
  }

  run(row: Row): string | null {
    const names = Object.keys(row).filter((name) => this.#columns.has(name) && row[name] !== undefined);
    try {
      this.#statement(names).run(names.map((name) => row[name]));
      return null;
    } catch (error) {
      const { code, message } = error as { code?: unknown; message: string };
      if (typeof code !== "string" || !code.startsWith("SQLITE_CONSTRAINT")) throw error;
      return message;
    }
  }

  #statement(names: string[]): Statement {
    const key = names.join();
    let statement = this.#statements.get(key);
    if (statement === undefined) {
      const columns = names.map((name) => `"${name}"`).join(", ");
      statement = this.#tx.sql.atomic(
        `INSERT INTO "${this.#table}" (${columns}) VALUES (${names.map(() => "?").join(", ")})`,
      );
      this.#statements.set(key, statement);
    }
    return statement;
  }
}

/** Put a default where there is nothing, unless nothing is allowed and was meant. */
function fillIn(made: Row, defaults: Row, insert: RowInsert): void {
  for (const [column, value] of Object.entries(defaults)) {
    if (!insert.has(column)) continue;
    if (made[column] === undefined || (made[column] === null && insert.isRequired(column))) made[column] = value;
  }
}

function columnsOf({ db }: EarlierSnapshot, table: string): string[] {
  return db.prepare("SELECT name FROM pragma_table_info(?)").pluck().all(table) as string[];
}

function assertReferences(tx: FastTx, path: string): void {
  const broken = tx.sql.atomic('SELECT DISTINCT "table" AS name FROM pragma_foreign_key_check LIMIT 10').all() as {
    name: string;
  }[];
  if (broken.length === 0) return;
  throw new ConveyorError(
    "ledger_invalid",
    `${path} cannot be imported: rows of ${broken.map(({ name }) => name).join(", ")} would refer to nothing`,
    {
      hint: "nothing was changed; `conveyor db-doctor` shows whether this ledger itself is damaged",
      details: { path, tables: broken.map(({ name }) => name) },
    },
  );
}
