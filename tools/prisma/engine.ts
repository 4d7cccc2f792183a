import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { DiffTarget, SchemaEngine as SchemaEngineType } from "@prisma/schema-engine-wasm";
import * as binding from "@prisma/schema-engine-wasm/schema_engine_bg";
import { readMigrations, readSchemaFiles, repositoryRoot } from "./sources.ts";

interface EngineQuery {
  sql: string;
  args: unknown[];
}

interface EngineAdapter {
  client: { exec(sql: string): void; close(): void };
  executeRaw(query: EngineQuery): Promise<number>;
  queryRaw(query: EngineQuery): Promise<unknown>;
}

interface EngineAdapterFactory {
  connect(): Promise<EngineAdapter>;
  connectToShadowDb(): Promise<EngineAdapter>;
}

interface StoreLibraries {
  PrismaBetterSqlite3: new (
    config: { url: string },
    options?: { timestampFormat: "iso8601" | "unixepoch-ms" },
  ) => EngineAdapterFactory;
  bindMigrationAwareSqlAdapterFactory: (factory: EngineAdapterFactory) => BoundFactory;
}

/** Errors of the database cross the border to WebAssembly as numbers; the registry gives them back. */
interface BoundFactory {
  errorRegistry: { consumeError(id: number): { error: unknown } | undefined };
}

/** The adapter libraries are dependencies of the store package, not of the repository's root. */
function storeLibraries(): StoreLibraries {
  const require = createRequire(join(repositoryRoot, "packages/store/package.json"));
  const adapter = require("@prisma/adapter-better-sqlite3") as Pick<StoreLibraries, "PrismaBetterSqlite3">;
  const utils = require("@prisma/driver-adapter-utils") as Pick<StoreLibraries, "bindMigrationAwareSqlAdapterFactory">;
  return {
    PrismaBetterSqlite3: adapter.PrismaBetterSqlite3,
    bindMigrationAwareSqlAdapterFactory: utils.bindMigrationAwareSqlAdapterFactory,
  };
}

/**
 * Two habits of the engine that this build of SQLite refuses: whole migrations as one statement, and a text between
 * double quotes when it looks up a partial index.
 */
function tolerant(factory: EngineAdapterFactory, opened: EngineAdapter[]): EngineAdapterFactory {
  const adapted = (connect: () => Promise<EngineAdapter>) => async () => {
    const adapter = await connect();
    opened.push(adapter);
    const executeOne = adapter.executeRaw.bind(adapter);
    const query = adapter.queryRaw.bind(adapter);
    adapter.executeRaw = async (statement) => {
      if (statement.args.length > 0) return executeOne(statement);
      adapter.client.exec(statement.sql);
      return 0;
    };
    adapter.queryRaw = (statement) =>
      query({ ...statement, sql: statement.sql.replace(/ name = "(\w+)"/, " name = '$1'") });
    return adapter;
  };
  factory.connect = adapted(factory.connect.bind(factory));
  factory.connectToShadowDb = adapted(factory.connectToShadowDb.bind(factory));
  return factory;
}

type WasmExports = Record<string, unknown> & { __wbindgen_start(): void };

/** Node has this global; the type library of the language alone does not know it. */
const { WebAssembly } = globalThis as unknown as {
  WebAssembly: {
    instantiate(bytes: Uint8Array, imports: Record<string, unknown>): Promise<{ instance: { exports: WasmExports } }>;
  };
};

let started: Promise<void> | undefined;

/** The WebAssembly file is instantiated by hand because Node 20 cannot import one as a module. */
async function startEngine(): Promise<void> {
  started ??= (async () => {
    const require = createRequire(import.meta.url);
    const folder = dirname(require.resolve("@prisma/schema-engine-wasm/schema_engine_bg"));
    const bytes = await readFile(join(folder, "schema_engine_bg.wasm"));
    const { instance } = await WebAssembly.instantiate(bytes, { "./schema_engine_bg.js": binding });
    const glue = binding as unknown as { __wbg_set_wasm(exports: WasmExports): void };
    glue.__wbg_set_wasm(instance.exports);
    instance.exports.__wbindgen_start();
  })();
  return started;
}

/**
 * Run `work` with Prisma's schema engine in WebAssembly, which needs no download. `database` is the file it looks at
 * (default: an empty database in memory). An error of the database is thrown as itself.
 */
export async function withSchemaEngine<T>(
  work: (engine: SchemaEngineType) => Promise<T>,
  options: { database?: string } = {},
): Promise<T> {
  await startEngine();
  const { PrismaBetterSqlite3, bindMigrationAwareSqlAdapterFactory } = storeLibraries();
  const opened: EngineAdapter[] = [];
  const connections = tolerant(new PrismaBetterSqlite3({ url: options.database ?? ":memory:" }), opened);
  const factory = bindMigrationAwareSqlAdapterFactory(connections);
  const datamodels = readSchemaFiles().map(({ path, content }): [string, string] => [path, content]);
  const log = () => undefined;
  const engine = await binding.SchemaEngine.new({ datamodels }, log, factory);
  try {
    return await work(engine);
  } catch (error) {
    const id = /External error id#(\d+)/.exec(String(error))?.[1];
    throw (id === undefined ? undefined : factory.errorRegistry.consumeError(Number(id))?.error) ?? error;
  } finally {
    engine.free();
    // The engine locks its database for itself and does not let go of it.
    for (const adapter of opened) adapter.client.close();
  }
}

/** The committed migrations in the form the engine wants them. */
export function engineMigrationList(): Extract<DiffTarget, { tag: "migrations" }> {
  const folder = join(repositoryRoot, "prisma/migrations");
  return {
    tag: "migrations",
    baseDir: folder,
    lockfile: { path: "./migration_lock.toml", content: 'provider = "sqlite"\n' },
    shadowDbInitScript: "",
    migrationDirectories: readMigrations().map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: "migration.sql", content: { tag: "ok", value: sql } },
    })),
  };
}

/** The Prisma schema in the form the engine wants it. */
export function engineSchema(): Extract<DiffTarget, { tag: "schemaDatamodel" }> {
  return { tag: "schemaDatamodel", files: readSchemaFiles() };
}
