import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3";
import type { SqlDriverAdapter, Transaction } from "@prisma/driver-adapter-utils";
import { PrismaClient } from "./generated/prisma/client.ts";
import type { Handle } from "./handle.ts";

/** The Prisma client of a ledger: every table as a model of the same name. */
export type Db = Omit<PrismaClient, `$${string}`>;

/**
 * Lets Prisma speak through a connection that already exists, so that its queries and the hand-written statements
 * share one transaction. The store opens and ends transactions itself (always IMMEDIATE for writers); what Prisma
 * wants to do atomically on its own becomes a savepoint inside.
 */
class SharedConnectionFactory extends PrismaBetterSqlite3 {
  readonly #handle: Handle;

  constructor(handle: Handle) {
    super({ url: ":memory:" });
    this.#handle = handle;
  }

  override async connect(): Promise<SqlDriverAdapter> {
    const adapter = (await super.connect()) as SqlDriverAdapter & { client: Handle };
    adapter.client.close();
    adapter.client = this.#handle;
    adapter.dispose = async () => {};
    adapter.startTransaction = async () => savepoint(adapter, this.#handle);
    return adapter;
  }
}

let savepointCounter = 0;

function savepoint(adapter: SqlDriverAdapter, handle: Handle): Transaction {
  const name = `prisma_${++savepointCounter}`;
  handle.exec(`SAVEPOINT ${name}`);
  return {
    provider: adapter.provider,
    adapterName: adapter.adapterName,
    // Prisma then ends the transaction by calling commit or rollback instead of sending COMMIT itself.
    options: { usePhantomQuery: true },
    queryRaw: (query) => adapter.queryRaw(query),
    executeRaw: (query) => adapter.executeRaw(query),
    async commit() {
      handle.exec(`RELEASE ${name}`);
    },
    async rollback() {
      handle.exec(`ROLLBACK TO ${name}`);
      handle.exec(`RELEASE ${name}`);
    },
  };
}

/** Make the Prisma client on this connection. Loads the query compiler, which costs tens of milliseconds once. */
export function createPrismaClient(handle: Handle): PrismaClient {
  return new PrismaClient({ adapter: new SharedConnectionFactory(handle), errorFormat: "minimal" });
}
