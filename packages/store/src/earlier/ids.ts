import { createHash } from "node:crypto";
import type Database from "better-sqlite3";
import type { FastTx } from "../transaction.ts";
import type { EarlierTable } from "./tables.ts";

/** A run of numbered rows that were imported together: their numbers here are those there plus `shift`. */
interface ImportedRange {
  first: number;
  last: number;
  shift: number;
}

/** Parts of a numbered row that never change and distinguish one file from another. */
const LASTING = ["task_id", "session_id", "worker_id", "binding_id", "command_id"];

/**
 * The numbers of a table's rows, there and here. Rows that an earlier import brought are known by marks that name a range
 * and fingerprint its ends, so that a file that has grown since, or was moved, is recognised.
 */
export class CountedIds {
  readonly #table: EarlierTable;
  readonly #source: Database.Database;
  readonly #known: ImportedRange[];
  readonly #fresh: ImportedRange | null;

  constructor(tx: FastTx, source: Database.Database, table: EarlierTable) {
    this.#table = table;
    this.#source = source;
    this.#known = this.#knownRanges(tx);
    this.#fresh = this.#freshRange(tx);
  }

  /** Whether an earlier import brought this row. */
  isKnown(id: number): boolean {
    return this.#known.some((range) => contains(range, id));
  }

  /** The number of a row here; null for one that was never there. */
  of(id: number): number | null {
    const range = [...this.#known, ...(this.#fresh === null ? [] : [this.#fresh])].find((one) => contains(one, id));
    return range === undefined ? null : id + range.shift;
  }

  /** The mark of what is imported now, or null when nothing is new. */
  mark(): { name: string; hash: string } | null {
    if (this.#fresh === null) return null;
    const { first, last, shift } = this.#fresh;
    return { name: `ledger:${this.#table.name}:${first}-${last}:${shift}`, hash: this.#fingerprint(first, last) ?? "" };
  }

  #knownRanges(tx: FastTx): ImportedRange[] {
    const prefix = `ledger:${this.#table.name}:`;
    const marks = tx.sql
      .atomic("SELECT name, source_hash FROM data_migrations WHERE substr(name, 1, ?) = ?")
      .all(prefix.length, prefix);
    return (marks as { name: string; source_hash: string }[]).flatMap(({ name, source_hash }) => {
      const [, first, last, shift] = /:(\d+)-(\d+):(-?\d+)$/.exec(name) ?? [];
      const range = { first: Number(first), last: Number(last), shift: Number(shift) };
      return this.#fingerprint(range.first, range.last) === source_hash ? [range] : [];
    });
  }

  /** What is new follows what is known, because numbers are given once and rows are never removed. */
  #freshRange(tx: FastTx): ImportedRange | null {
    const table = `"${this.#table.name}"`;
    const after = Math.max(0, ...this.#known.map(({ last }) => last));
    const found = this.#source
      .prepare(`SELECT min(id) AS first, max(id) AS last FROM ${table} WHERE id > ?`)
      .get(after);
    const { first, last } = found as { first: number | null; last: number | null };
    if (first === null || last === null) return null;
    const given = tx.sql
      .atomic("SELECT ifnull(max(seq), 0) AS n FROM sqlite_sequence WHERE name = ?")
      .get(this.#table.name) as { n: number };
    return { first, last, shift: given.n < first ? 0 : given.n - first + 1 };
  }

  #fingerprint(first: number, last: number): string | null {
    const rows = [first, last].map((id) =>
      this.#source.prepare(`SELECT * FROM "${this.#table.name}" WHERE id = ?`).get(id),
    );
    if (rows.some((row) => row === undefined)) return null;
    const lasting = (rows as Record<string, unknown>[]).map((row) => [
      row["id"],
      this.#table.made_at === null ? null : row[this.#table.made_at],
      ...LASTING.map((column) => row[column] ?? null),
    ]);
    return createHash("sha256").update(JSON.stringify(lasting)).digest("hex");
  }
}

function contains({ first, last }: ImportedRange, id: number): boolean {
  return id >= first && id <= last;
}
