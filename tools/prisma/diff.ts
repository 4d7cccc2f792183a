import { pathToFileURL } from "node:url";
import config from "../../prisma.config.ts";
import { engineMigrationList, engineSchema, withSchemaEngine } from "./engine.ts";

export type DiffSide = "empty" | "migrations" | "schema";

/**
 * The SQL that leads from one side to the other, as Prisma writes it; `-- This is an empty migration.` when there is
 * nothing to do. Hand-written parts that Prisma cannot express (checks, partial indexes, triggers) are invisible to it;
 * the tables behind a full-text index are not.
 */
export async function diffSql(from: DiffSide, to: DiffSide): Promise<string> {
  const targets = { empty: () => ({ tag: "empty" as const }), migrations: engineMigrationList, schema: engineSchema };
  return withSchemaEngine(async (engine) => {
    const filters = { externalTables: config.tables?.external ?? [], externalEnums: [] };
    const result = await engine.diff({
      from: targets[from](),
      to: targets[to](),
      script: true,
      exitCode: null,
      filters,
    });
    return result.stdout ?? "";
  });
}

const sides = new Set<string>(["empty", "migrations", "schema"]);

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [from = "migrations", to = "schema"] = process.argv.slice(2);
  if (!sides.has(from) || !sides.has(to)) {
    process.stderr.write("usage: npx tsx tools/prisma/diff.ts [empty|migrations|schema] [empty|migrations|schema]\n");
    process.exitCode = 2;
  } else {
    process.stdout.write(await diffSql(from as DiffSide, to as DiffSide));
  }
}
