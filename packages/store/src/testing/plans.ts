import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { Store } from "../store.ts";

/** How a statement would go through the ledger, step by step. `bound` is only needed where its form matters. */
export type PlanOf = (sql: string, bound?: Record<string, unknown>) => Promise<string[]>;

/** Plans on an empty ledger that the tests of one `describe` share. */
export function usePlans(): PlanOf {
  let folder: string;
  let store: Store;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "conveyor-plans-"));
    store = Store.open({ path: join(folder, "l.db"), create: true, clock: { iso: () => new Date().toISOString() } });
  });
  afterAll(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return (sql, bound) =>
    store.peek((tx) => {
      const statement = tx.sql.hot(`EXPLAIN QUERY PLAN ${sql}`);
      const values = bound ?? anyValues(sql);
      const rows = Array.isArray(values) ? statement.all(...values) : statement.all(values);
      return (rows as { detail: string }[]).map(({ detail }) => detail);
    });
}

/** Only the plan is asked for, so any value will do for the parameters, but for a list of words an empty one. */
function anyValues(sql: string): Record<string, unknown> | unknown[] {
  const names = [...sql.matchAll(/@(\w+)/g)].map(([, name]) => [name, name === "limit" ? 1 : "[]"]);
  return names.length > 0 ? Object.fromEntries(names) : Array(sql.match(/\?/g)?.length ?? 0).fill(1);
}
