import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { withLock } from "../build/lock.ts";
import { readMigrations, readSchemaFiles, repositoryRoot } from "./sources.ts";

const outputFolder = join(repositoryRoot, "packages/store/src/generated");
const stampFile = join(outputFolder, "inputs.sha256");
const lockFolder = join(outputFolder, ".lock");
/** How long Prisma may take, in milliseconds. */
const GENERATE_LIMIT_MS = 120_000;

const require = createRequire(import.meta.url);

/** A hash over everything that decides what is generated: schema, migrations, configuration, these tools, Prisma's version. */
function hashOfInputs(): string {
  const hash = createHash("sha256");
  const tools = ["prisma.config.ts", "tools/prisma/generate.ts", "tools/prisma/sources.ts"];
  const files = tools.map((path) => ({ path, content: readFileSync(join(repositoryRoot, path), "utf8") }));
  const { version } = require("prisma/package.json") as { version: string };
  hash.update(JSON.stringify([version, files, readSchemaFiles(), readMigrations()]));
  return hash.digest("hex");
}

function isUpToDate(inputs: string): boolean {
  return existsSync(stampFile) && readFileSync(stampFile, "utf8") === inputs;
}

/**
 * `prisma generate` without the network. Prisma looks for a schema engine and would download one, although generating
 * does not run it: any existing file keeps it quiet.
 */
function runPrismaGenerate(): void {
  const cli = require.resolve("prisma/build/index.js");
  const result = spawnSync(process.execPath, [cli, "generate"], {
    cwd: repositoryRoot,
    env: {
      ...process.env,
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: "1",
      PRISMA_GENERATE_SKIP_AUTOINSTALL: "1",
      CHECKPOINT_DISABLE: "1",
    },
    encoding: "utf8",
    timeout: GENERATE_LIMIT_MS,
  });
  if (result.status !== 0) {
    throw new Error(`prisma generate failed: ${result.error?.message ?? ""}\n${result.stdout}\n${result.stderr}`);
  }
}

/** Puts the migrations into a module, so that a bundled program needs no files beside it. */
function writeMigrationsModule(): void {
  const lines = [
    "// Written by tools/prisma/generate.ts from prisma/migrations. Do not edit.",
    'import type { Migration } from "../schema/migration.ts";',
    "",
    "/** Every migration of the ledger in the order of application. */",
    "export const migrations: readonly Migration[] = [",
    ...readMigrations().map(({ name, checksum, sql }) => `  ${JSON.stringify({ name, checksum, sql })},`),
    "];",
    "",
  ];
  const target = join(outputFolder, "migrations.ts");
  writeFileSync(`${target}.tmp`, lines.join("\n"));
  renameSync(`${target}.tmp`, target);
}

/** Bring packages/store/src/generated up to date. Costs next to nothing when no input changed. */
export async function generate(): Promise<"generated" | "unchanged"> {
  const inputs = hashOfInputs();
  if (isUpToDate(inputs)) return "unchanged";
  mkdirSync(outputFolder, { recursive: true });
  return withLock(lockFolder, async () => {
    if (isUpToDate(inputs)) return "unchanged";
    rmSync(stampFile, { force: true });
    runPrismaGenerate();
    writeMigrationsModule();
    writeFileSync(stampFile, inputs);
    return "generated";
  });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stderr.write(`packages/store/src/generated: ${await generate()}\n`);
}
