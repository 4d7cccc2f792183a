import { closeSync, fsyncSync, openSync } from "node:fs";
import { openPlain, type PlainDatabase } from "./plain-database.ts";

/** What a message leaves behind in the ledger, parents first. */
const TABLES = ["commands", "command_attempts", "routed_notifications", "role_heartbeats", "telemetry_events"] as const;
/** Rows that ledgers are pruned of, so that only those of the newest messages are there. */
const PRUNED: ReadonlySet<string> = new Set(["telemetry_events"]);

/** What was written between two states of the ledger's sequence, and how often it shall have happened. */
export interface Repetition {
  after_seq: number;
  up_to_seq: number;
  times: number;
  /** Of how many of these, the newest ones, telemetry is kept. */
  with_telemetry: number;
}

/** The ledger's present sequence number. */
export function sequenceOf(path: string): number {
  const database = openPlain(path);
  try {
    return readSequence(database);
  } finally {
    database.close();
  }
}

/**
 * Make history: write the rows of each stretch again and again, as if the same had happened that often, with ids and
 * sequence numbers of their own. Nobody else may have the ledger open. Indexes are taken away while rows are written and
 * made anew at the end, which is several times faster than keeping them; every other constraint holds throughout.
 */
export function writeHistory(path: string, repetitions: readonly Repetition[]): void {
  const database = openPlain(path);
  try {
    database.exec("PRAGMA foreign_keys = ON; PRAGMA cache_size = -2000000; PRAGMA temp_store = MEMORY");
    database.exec("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; BEGIN EXCLUSIVE");
    const indexes = indexesOf(database);
    for (const { name } of indexes) database.exec(`DROP INDEX "${name}"`);
    const first_telemetry = readSequence(database);
    for (const repetition of repetitions) repeat(database, repetition);
    database
      .prepare(
        `INSERT INTO telemetry_events_fts (rowid, event_id, task_id, run_id, actor, event_type, summary, attributes)
         SELECT seq, id, task_id, run_id, actor, event_type, summary, attributes_json
         FROM telemetry_events WHERE seq > ? ORDER BY seq`,
      )
      .run(first_telemetry);
    for (const { sql } of indexes) database.exec(sql);
    database.exec("COMMIT; PRAGMA journal_mode = WAL");
  } finally {
    database.close();
  }
  // Otherwise the system writes gigabytes to the disk while the measurement runs.
  const file = openSync(path, "r+");
  fsyncSync(file);
  closeSync(file);
}

function readSequence(database: PlainDatabase): number {
  return (database.prepare("SELECT value FROM ledger_sequence").get() as { value: number }).value;
}

function indexesOf(database: PlainDatabase): { name: string; sql: string }[] {
  const tables = JSON.stringify(TABLES);
  return database
    .prepare(
      `SELECT name, sql FROM sqlite_master
       WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN (SELECT value FROM json_each(?))`,
    )
    .all(tables) as { name: string; sql: string }[];
}

type Row = Record<string, string | number | null>;

function repeat(database: PlainDatabase, { after_seq, up_to_seq, times, with_telemetry }: Repetition): void {
  const copy = new RowCopy(after_seq, readSequence(database), up_to_seq - after_seq);
  const found = TABLES.map((table) => ({
    table,
    rows: database
      .prepare(`SELECT * FROM ${table} WHERE seq > ? AND seq <= ? ORDER BY seq`)
      .all(after_seq, up_to_seq) as Row[],
  }));
  copy.learnIds(found.flatMap(({ rows }) => rows));
  for (const { table, rows } of found) {
    const begin = PRUNED.has(table) ? Math.max(0, times - with_telemetry) : 0;
    for (const row of rows) database.prepare(copy.insertInto(table, row)).run({ begin, end: times });
  }
  database.prepare("UPDATE ledger_sequence SET value = value + ?").run(times * (up_to_seq - after_seq));
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;
/** Ids of what messages are about stay as they are. */
const KEPT_COLUMNS = /^(task|binding|run|\w*session)_id$/;

/** Writes a row as an SQL expression of `n`, the number of the repetition. */
class RowCopy {
  readonly #after: number;
  readonly #begin: number;
  readonly #stride: number;
  readonly #own = new Map<string, number>();

  constructor(after: number, begin: number, stride: number) {
    this.#after = after;
    this.#begin = begin;
    this.#stride = stride;
  }

  /** The ids that these rows brought into being: every repetition gets others in their place. */
  learnIds(rows: readonly Row[]): void {
    for (const id of rows.flatMap((row) => [row["id"], row["correlation_id"], row["idempotency_key"]])) {
      const uuid = typeof id === "string" ? UUID.exec(id)?.[0] : undefined;
      if (uuid !== undefined && !this.#own.has(uuid)) this.#own.set(uuid, this.#own.size);
    }
  }

  insertInto(table: string, row: Row): string {
    // An id that is a number is given by the database.
    const columns = Object.keys(row).filter((column) => column !== "id" || typeof row[column] === "string");
    const values = columns.map((column) => this.#value(column, row[column] ?? null));
    return `WITH RECURSIVE series(n) AS (SELECT @begin UNION ALL SELECT n + 1 FROM series WHERE n + 1 < @end)
      INSERT INTO ${table} (${columns.join(", ")}) SELECT ${values.join(", ")} FROM series WHERE n < @end`;
  }

  #value(column: string, value: string | number | null): string {
    if (value === null) return "NULL";
    if (typeof value === "number") {
      if (!/(^|_)seq$/.test(column)) return String(value);
      return `${this.#begin} + n * ${this.#stride} + ${value - this.#after}`;
    }
    if (KEPT_COLUMNS.test(column)) return quoted(value);
    return this.#text(value);
  }

  #text(text: string): string {
    const found = UUID.exec(text);
    if (found === null) return quoted(text);
    const [uuid] = found;
    const end = found.index + uuid.length;
    const number = this.#own.get(uuid);
    const id = number === undefined ? quoted(uuid) : uuidOf(`n + ${this.#begin}`, number);
    return [quoted(text.slice(0, found.index)), id, this.#text(text.slice(end))].join(" || ");
  }
}

/** An id that is different for every number and, like a random one, stands in no order. */
function uuidOf(number: string, own: number): string {
  return `printf('%08x-${own.toString(16).padStart(4, "0")}-4000-8000-%012x', (${number}) * 2654435761 & 4294967295, ${number})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
