import type Database from "better-sqlite3";

export type Handle = Database.Database;
export type Statement = Database.Statement;

const statementCaches = new WeakMap<Handle, Map<string, Statement>>();

/**
 * A prepared statement of this connection, kept for reuse. Integers come back as numbers here although the connection
 * itself speaks BigInt, which is what the Prisma adapter on the same handle needs.
 */
export function prepared(handle: Handle, sql: string): Statement {
  let cache = statementCaches.get(handle);
  if (cache === undefined) statementCaches.set(handle, (cache = new Map()));
  let statement = cache.get(sql);
  if (statement === undefined) cache.set(sql, (statement = handle.prepare(sql).safeIntegers(false)));
  return statement;
}
