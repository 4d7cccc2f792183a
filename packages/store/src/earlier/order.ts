import type Database from "better-sqlite3";
import { EARLIER_TABLES, type EarlierTable } from "./tables.ts";
import { instantOf } from "./time.ts";

/** The place of every row of a snapshot, and of its later moments, in one order over all tables (spec 07 §7.2). */
export interface EarlierOrder {
  /** How many numbers there are, from 1 on. */
  size: number;
  /** Rows whose time cannot be read; they come first. */
  unreadable_times: number;
  /** The numbers of a row by our sequence columns. */
  of(table: EarlierTable, row: number): Record<string, number>;
}

/**
 * Number all rows by instant, then by table and by their order in it. It is done in the snapshot itself, in temporary
 * tables, so that a large history needs no memory.
 */
export function orderOf(db: Database.Database, present: ReadonlyMap<string, ReadonlySet<string>>): EarlierOrder {
  db.function("instant_of", { deterministic: true }, instantOf);
  db.exec("CREATE TEMP TABLE moments (place INTEGER, row INTEGER, part INTEGER, column_name TEXT, at REAL)");
  for (const [place, table] of EARLIER_TABLES.entries()) {
    const columns = present.get(table.name);
    if (columns === undefined || table.made_at === null) continue;
    const made = columns.has(table.made_at) ? `instant_of("${table.made_at}")` : "NULL";
    const add = (part: number, column: string, at: string, where = "") =>
      db.exec(`INSERT INTO moments SELECT ${place}, rowid, ${part}, '${column}', ${at} FROM "${table.name}" ${where}`);
    add(0, "seq", made);
    for (const [column, time] of Object.entries(table.moments ?? {})) {
      if (column === "updated_seq")
        add(1, column, columns.has(time) ? `coalesce(instant_of("${time}"), ${made})` : made);
      else if (columns.has(time)) add(1, column, `instant_of("${time}")`, `WHERE "${time}" IS NOT NULL`);
    }
  }
  db.exec(`
    CREATE TEMP TABLE numbered AS
      SELECT place, row, column_name, row_number() OVER (ORDER BY ifnull(at, 0), place, row, part) AS number FROM moments;
    CREATE INDEX temp.numbered_row ON numbered (place, row);`);
  const one = (sql: string) => Number(db.prepare(sql).pluck().get());
  const numbers = db.prepare("SELECT column_name, number FROM numbered WHERE place = ? AND row = ?");
  const places = new Map(EARLIER_TABLES.map((table, place) => [table.name, place]));
  return {
    size: one("SELECT count(*) FROM numbered"),
    unreadable_times: one("SELECT count(*) FROM moments WHERE at IS NULL AND column_name = 'seq'"),
    of(table, row) {
      const found = numbers.all(places.get(table.name), row) as { column_name: string; number: number }[];
      return Object.fromEntries(found.map(({ column_name, number }) => [column_name, number]));
    },
  };
}
