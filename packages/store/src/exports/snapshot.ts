import { openHandle, translateSqliteError } from "../connection.ts";
import type { Handle } from "../handle.ts";
import { FastTx } from "../transaction.ts";
import type { BundleTable } from "./tables.ts";

/** A column of a bundle's rows, in the order in which `rows` hands its values out. */
export interface BundleColumn {
  name: string;
  /** `json` holds text of that form, `flag` 0 or 1. */
  kind: "json" | "flag" | "plain";
}

/**
 * One state of the ledger, seen through a connection of its own: however long it is read, nobody who writes waits for it,
 * and what they write does not get in.
 */
export class LedgerSnapshot {
  /** For the statements that the store has for readers; nothing may be written through it. */
  readonly tx: FastTx;
  readonly #handle: Handle;

  private constructor(handle: Handle, now: string) {
    this.#handle = handle;
    this.tx = new FastTx(handle, now);
  }

  /** Throws what opening a ledger throws. The caller closes it. */
  static open(path: string, now: string): LedgerSnapshot {
    const handle = openHandle(path, { create: false });
    try {
      handle.pragma("query_only = ON");
      handle.exec("BEGIN DEFERRED");
      // A deferred transaction sees the state of its first statement.
      handle.prepare("SELECT value FROM ledger_sequence").get();
      return new LedgerSnapshot(handle, now);
    } catch (error) {
      handle.close();
      throw translateSqliteError(error, path);
    }
  }

  /** The columns of a bundle's rows: those of the table without what no bundle holds, then what is shown beside them. */
  columns(table: BundleTable): BundleColumn[] {
    const statement = this.#handle.prepare(selectOf(this.#handle, table)).bind({ task_id: "" });
    const kinds = new Map(tableColumns(this.#handle, table.table).map(({ name, kind }) => [name, kind]));
    return statement.columns().map(({ name }) => {
      const flag = name === "payload_withheld" ? ("flag" as const) : ("plain" as const);
      return { name, kind: kinds.get(name) ?? flag };
    });
  }

  /** The rows of a task in the ledger's order, each as the list of its values. */
  rows(table: BundleTable, task_id: string): IterableIterator<unknown[]> {
    const statement = this.#handle.prepare(selectOf(this.#handle, table)).safeIntegers(false).raw(true);
    return statement.iterate({ task_id }) as IterableIterator<unknown[]>;
  }

  close(): void {
    if (this.#handle.inTransaction) this.#handle.exec("ROLLBACK");
    this.#handle.close();
  }
}

/** The columns of a table and what they hold, as it was made. */
export function tableColumns(handle: Handle, table: string): (BundleColumn & { required: boolean })[] {
  const rows = handle
    .prepare('SELECT name, type, "notnull" AS required, dflt_value FROM pragma_table_info(?)')
    .all(table);
  return (rows as { name: string; type: string; required: unknown; dflt_value: unknown }[]).map((row) => ({
    name: row.name,
    kind: row.name.endsWith("_json") ? "json" : row.type === "BOOLEAN" ? "flag" : "plain",
    required: Number(row.required) === 1 && row.dflt_value === null,
  }));
}

function selectOf(handle: Handle, { table, where, more, joins = "", without = [], blank = [] }: BundleTable): string {
  const columns = tableColumns(handle, table)
    .filter(({ name }) => !without.includes(name))
    .map(({ name }) => (blank.includes(name) ? `NULL AS "${name}"` : `t."${name}"`));
  const order = table === "budgets" ? "t.task_id" : "t.seq";
  const shown = more === undefined ? columns : [...columns, more];
  return `SELECT ${shown.join(", ")} FROM "${table}" t ${joins} WHERE ${where} ORDER BY ${order}`;
}
