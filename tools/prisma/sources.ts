import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const repositoryRoot = fileURLToPath(new URL("../..", import.meta.url));

export interface SourceFile {
  path: string;
  content: string;
}

export interface MigrationSource {
  /** Folder name: time stamp, underscore, word. The order of the names is the order of application. */
  name: string;
  sql: string;
  /** SHA-256 of the file, as Prisma records it. */
  checksum: string;
}

/** Every file of the Prisma schema, in a stable order. */
export function readSchemaFiles(): SourceFile[] {
  const folder = join(repositoryRoot, "prisma/schema");
  return readdirSync(folder)
    .filter((name) => name.endsWith(".prisma"))
    .sort()
    .map((name) => ({ path: join(folder, name), content: readFileSync(join(folder, name), "utf8") }));
}

/** Every committed migration in the order of application. */
export function readMigrations(): MigrationSource[] {
  const folder = join(repositoryRoot, "prisma/migrations");
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, "migration.sql")))
    .sort()
    .map((name) => {
      const sql = readFileSync(join(folder, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    });
}
