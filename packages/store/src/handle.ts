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

/**
 * Prepares statements that are written by hand, each under the reason why it is. What has none of the three is asked of
 * Prisma, in a transaction of `read` or `write`.
 */
export class HandWritten {
  readonly #handle: Handle;

  constructor(handle: Handle) {
    this.#handle = handle;
  }

  /** It runs thousands of times, or in a command that must not pay for starting Prisma. */
  hot(text: string): Statement {
    return prepared(this.#handle, text);
  }

  /** It decides and changes at once, or changes rows by what they hold, so that nothing comes between. */
  atomic(text: string): Statement {
    return prepared(this.#handle, text);
  }

  /** It looks into JSON or full text, counts, or puts together what stands in several tables as only SQL can say. */
  search(text: string): Statement {
    return prepared(this.#handle, text);
  }
}
