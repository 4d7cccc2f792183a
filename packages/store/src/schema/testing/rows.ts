import Database from "better-sqlite3";
import { prepareLedger } from "../migrate.ts";

export const NOW = "2026-11-21T12:00:00.000Z";

export type Row = Record<string, string | number | null>;

/** A check constraint of a table as it stands in the statement that made the table. */
export interface Check {
  table: string;
  name: string;
  expression: string;
}

interface Column {
  name: string;
  type: string;
  notnull: number;
  dflt_value: string | null;
  pk: number;
}

/** A ledger in memory with foreign keys off, so that a test may fill one table without its neighbours. */
export function looseLedger(): Database.Database {
  const db = new Database(":memory:");
  prepareLedger(db, { path: ":memory:", now: NOW });
  db.pragma("foreign_keys = OFF");
  return db;
}

export function columnsOf(db: Database.Database, table: string): Column[] {
  return db.prepare('SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_xinfo(?)').all(table) as Column[];
}

/** Every ordinary table of the ledger. */
export function ordinaryTables(db: Database.Database): string[] {
  return db
    .prepare(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name",
    )
    .pluck()
    .all() as string[];
}

export function checksOf(db: Database.Database, table: string): Check[] {
  const sql = db
    .prepare("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?")
    .pluck()
    .get(table) as string;
  // A column that was added later stands with its check on a line with others.
  return [...sql.matchAll(/CONSTRAINT "(\w+)" CHECK \(/g)].map(({ 0: head, 1: name = "", index }) => ({
    table,
    name,
    expression: upToClosing(sql.slice(index + head.length)),
  }));
}

/** What stands before the parenthesis that closes the one before the text. */
function upToClosing(text: string): string {
  let open = 1;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === "(") open += 1;
    if (text[at] === ")") open -= 1;
    if (open === 0) return text.slice(0, at);
  }
  throw new Error(`no closing parenthesis in ${text}`);
}

/** The allowed values of an enumeration check, or null when the check is another one. */
export function allowedTexts(expression: string): { column: string; values: string[] } | null {
  const match = /^"(\w+)" IN \(('.*')\)$/.exec(expression);
  if (match?.[1] === undefined || match[2] === undefined) return null;
  return { column: match[1], values: match[2].split(", ").map((quoted) => quoted.slice(1, -1)) };
}

let counter = 0;

/** A row that satisfies every constraint of the table, with what the test cares about put over it. */
export function validRow(db: Database.Database, table: string, values: Row = {}): Row {
  const checks = checksOf(db, table);
  const row: Row = {};
  for (const { name, type, notnull, dflt_value, pk } of columnsOf(db, table)) {
    if (pk > 0 && type === "INTEGER" && name === "id") continue;
    if (dflt_value !== null || (notnull === 0 && pk === 0)) continue;
    counter += 1;
    const enumeration = checks
      .map(({ expression }) => allowedTexts(expression))
      .find((found) => found?.column === name);
    if (enumeration?.values[0] !== undefined) row[name] = enumeration.values[0];
    else if (name.endsWith("_json")) row[name] = "{}";
    else if (type === "BOOLEAN") row[name] = 0;
    else if (type === "INTEGER" || type === "REAL") row[name] = name === "pid" ? 1 : counter;
    else row[name] = `${name}-${counter}`;
  }
  return { ...row, ...values };
}

/** Insert a valid row; returns its rowid. */
export function insertRow(db: Database.Database, table: string, values: Row = {}): number {
  const row = validRow(db, table, values);
  const names = Object.keys(row);
  const result = db
    .prepare(
      `INSERT INTO "${table}" (${names.map((name) => `"${name}"`).join(", ")}) VALUES (${names.map(() => "?").join(", ")})`,
    )
    .run(...Object.values(row));
  return Number(result.lastInsertRowid);
}
