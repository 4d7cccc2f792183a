import { defineConfig } from "prisma/config";

/** The full-text index and the tables SQLite keeps behind it: made by hand in a migration, not by Prisma. */
const fullTextTables = ["", "_config", "_content", "_data", "_docsize", "_idx"].map(
  (end) => `telemetry_events_fts${end}`,
);

export default defineConfig({
  schema: "prisma/schema",
  migrations: { path: "prisma/migrations" },
  tables: { external: fullTextTables },
  experimental: { externalTables: true },
  datasource: { url: process.env["CONVEYOR_PRISMA_URL"] ?? "file:.codex-workers/workerctl.db" },
});
