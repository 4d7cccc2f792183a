import { createRequire } from "node:module";

/** The little of better-sqlite3 that is needed here; only the store may know more of it. */
export interface PlainDatabase {
  exec(sql: string): void;
  prepare(sql: string): PlainStatement;
  close(): void;
}

export interface PlainStatement {
  run(...values: unknown[]): { changes: number };
  get(...values: unknown[]): unknown;
  all(...values: unknown[]): unknown[];
}

const require = createRequire(new URL("../../packages/store/package.json", import.meta.url));
const Database = require("better-sqlite3") as new (path: string) => PlainDatabase;

/** Open a database file with nothing of ours around it. */
export function openPlain(path: string): PlainDatabase {
  return new Database(path);
}
