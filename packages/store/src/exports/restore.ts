import type { Handle, Statement } from "../handle.ts";
import type { WriteTx } from "../transaction.ts";
import { tableColumns } from "./snapshot.ts";
import { BUNDLE_TABLES } from "./tables.ts";

/** Whether nothing has happened in a ledger yet, so that the rows of another can be put into it under their own numbers. */
export function isEmptyLedger(tx: WriteTx): boolean {
  const tables = [...BUNDLE_TABLES.map(({ table }) => table), "campaigns"];
  const any = tables.map((table) => `EXISTS (SELECT 1 FROM "${table}")`).join(" OR ");
  return Number(tx.sql.search(`SELECT ${any} AS used`).pluck().get()) === 0;
}

/** Leave the check of references to the end of the transaction: rows of a bundle refer to each other in every direction. */
export function deferReferences(tx: WriteTx): void {
  tx.handle.pragma("defer_foreign_keys = ON");
}

/** The first reference that leads nowhere, as table and the table that it leads into; undefined when all are whole. */
export function brokenReference(tx: WriteTx): { table: string; parent: string } | undefined {
  const found = tx.handle.pragma("foreign_key_check") as { table: string; parent: string }[];
  return found[0];
}

/** Puts rows of a bundle into one table; a value that a row does not have is the column's default, or empty text. */
export class RowRestorer {
  readonly #handle: Handle;
  readonly #table: string;
  readonly #columns: ReturnType<typeof tableColumns>;
  readonly #statements = new Map<string, Statement>();
  /** The greatest number of the sequence among the rows so far. */
  last_seq = 0;

  constructor(tx: WriteTx, table: string) {
    this.#handle = tx.handle;
    this.#table = table;
    this.#columns = tableColumns(tx.handle, table);
  }

  /** Insert one row; what is none of the table's columns is left out. Throws the error of SQLite for what does not fit. */
  insert(row: Readonly<Record<string, unknown>>): void {
    const given = this.#columns.flatMap((column) => {
      const value = stored(row, column);
      return value === undefined ? [] : [[column.name, value] as const];
    });
    const names = given.map(([name]) => name);
    this.#statement(names).run(...given.map(([, value]) => value));
    for (const [name, value] of given) {
      if (name.endsWith("seq") && typeof value === "number" && value > this.last_seq) this.last_seq = value;
    }
    if (this.#table === "telemetry_events") this.#index(row);
  }

  #statement(names: readonly string[]): Statement {
    const key = names.join();
    let statement = this.#statements.get(key);
    if (statement === undefined) {
      const columns = names.map((name) => `"${name}"`).join(", ");
      const marks = names.map(() => "?").join(", ");
      statement = this.#handle.prepare(`INSERT INTO "${this.#table}" (${columns}) VALUES (${marks})`);
      this.#statements.set(key, statement);
    }
    return statement;
  }

  /** What makes an event findable by its words. */
  #index(row: Readonly<Record<string, unknown>>): void {
    this.#indexStatement ??= this.#handle.prepare(
      `INSERT INTO telemetry_events_fts (rowid, event_id, task_id, run_id, actor, event_type, summary, attributes)
       SELECT seq, id, task_id, run_id, actor, event_type, summary, attributes_json FROM telemetry_events WHERE id = ?`,
    );
    this.#indexStatement.run(row["id"]);
  }

  #indexStatement: Statement | undefined;
}

/** What a column keeps of a row; undefined leaves it to the column's default. */
function stored(
  row: Readonly<Record<string, unknown>>,
  { name, kind, required }: ReturnType<typeof tableColumns>[number],
): unknown {
  const key = kind === "json" ? name.slice(0, -"_json".length) : name;
  const value = Object.hasOwn(row, key) ? row[key] : undefined;
  if (kind === "json") return value === undefined || value === null ? (required ? "{}" : null) : JSON.stringify(value);
  if (value === undefined) return required ? "" : undefined;
  if (typeof value === "boolean") return Number(value);
  // Whatever else stands where a text or a number should, its column's own checks have to refuse it as text.
  return value !== null && typeof value === "object" ? JSON.stringify(value) : value;
}

/** Say that the ledger belongs to somebody else, so that nothing acts on what it says until it is adopted (spec 00, ruling 9). */
export function disownLedger(tx: WriteTx, host_id: string): void {
  tx.sql
    .atomic(
      "INSERT INTO ledger_info (key, value) VALUES ('host_id', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )
    .run(host_id);
}
