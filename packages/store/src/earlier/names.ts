import type Database from "better-sqlite3";
import type { FastTx } from "../transaction.ts";
import type { EarlierTable } from "./tables.ts";
import { instantOf } from "./time.ts";

export interface Renamed {
  table: string;
  id: string;
  from: string;
  to: string;
}

const OPEN = "state IN ('candidate', 'managed', 'paused')";
const LONGEST_NAME = 200;

/**
 * Names that rows must change to be unique here, by their ids. Of open tasks with one name the newest keeps it, because
 * that is the one which the name meant; the others get a number (spec 00, Names). A name that is taken in this ledger
 * gets one, too.
 */
export function newNames(tx: FastTx, source: Database.Database, table: EarlierTable): Map<string, Renamed> {
  const among = table.name === "tasks" ? `WHERE ${OPEN}` : "";
  const here = new Set(
    (tx.sql.atomic(`SELECT name FROM "${table.name}" ${among}`).all() as { name: string }[]).map(({ name }) => name),
  );
  const known = tx.sql.atomic(`SELECT 1 FROM "${table.name}" WHERE id = ?`);
  const rows = source
    .prepare(`SELECT rowid AS row, id, name, "${table.made_at}" AS made FROM "${table.name}" ${among}`)
    .all() as {
    row: number;
    id: string;
    name: string;
    made: string;
  }[];
  const coming = rows
    .filter(({ id }) => known.get(id) === undefined)
    .sort((a, b) => (instantOf(b.made) ?? 0) - (instantOf(a.made) ?? 0) || b.row - a.row);
  const taken = new Set([...here, ...coming.map(({ name }) => name)]);
  const kept = new Set(here);
  const renamed = new Map<string, Renamed>();
  for (const { id, name } of coming) {
    if (!kept.has(name)) {
      kept.add(name);
      continue;
    }
    const to = numbered(name, taken);
    taken.add(to);
    renamed.set(id, { table: table.name, id, from: name, to });
  }
  return renamed;
}

function numbered(name: string, taken: ReadonlySet<string>): string {
  for (let number = 2; ; number += 1) {
    const suffix = `-${number}`;
    const candidate = name.slice(0, LONGEST_NAME - suffix.length) + suffix;
    if (!taken.has(candidate)) return candidate;
  }
}
