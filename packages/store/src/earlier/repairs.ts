import type Database from "better-sqlite3";

interface Repair {
  table: string;
  /** What must be the only one of its kind in state `running`. */
  per: readonly string[];
  instead: { state: string; error: string };
}

/** Of these, ours allows one that runs at a time; the earlier tool left broken-off ones behind. */
const REPAIRS: readonly Repair[] = [
  {
    table: "command_attempts",
    per: ["command_id"],
    instead: { state: "abandoned", error: "left running; a later attempt followed" },
  },
  {
    table: "epilogue_runs",
    per: ["task_id", "step_name"],
    instead: { state: "failed", error: "left running; a later run followed" },
  },
];

/** Closes what the earlier tool left open and ours could not hold. */
export class RowRepairs {
  /** Rows that were changed. */
  count = 0;
  readonly #stale = new Map<string, Set<unknown>>();

  constructor(source: Database.Database, present: ReadonlyMap<string, ReadonlySet<string>>) {
    for (const { table, per } of REPAIRS) {
      if (!present.has(table)) continue;
      const same = per.map((column) => `b."${column}" = a."${column}"`).join(" AND ");
      const stale = source
        .prepare(
          `SELECT id FROM "${table}" a WHERE state = 'running' AND EXISTS (SELECT 1 FROM "${table}" b WHERE b.state = 'running' AND b.id > a.id AND ${same})`,
        )
        .pluck()
        .all();
      this.#stale.set(table, new Set(stale));
    }
  }

  apply(table: string, row: Record<string, unknown>, made: Record<string, unknown>): void {
    if (!this.#stale.get(table)?.has(row["id"])) return;
    Object.assign(made, REPAIRS.find((repair) => repair.table === table)?.instead);
    this.count += 1;
  }
}
