import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build as bundle } from "esbuild";
import { build as viteBuild } from "vite";
import { writeManifest } from "../cli/manifest.ts";
import { generate } from "../prisma/generate.ts";
import { withLock } from "./lock.ts";
import { smallImportsInline, wasmBesideBundle, zodAsNamespace } from "./plugins.ts";
import { hashOf } from "./stamp.ts";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const dist = join(root, "apps/cli/dist");
const stampFile = join(dist, "inputs.sha256");

/** Everything that decides what the program is. */
const SOURCES = [
  "apps/cli",
  "apps/server",
  ...["index.html", "public", "src", "package.json", "vite.config.ts"].map((name) => `apps/web/${name}`),
  "packages",
  "prisma",
  "tools",
  "skills",
  "pnpm-lock.yaml",
];

/** Chunks of an earlier build stay this long, because a process that still runs may yet load them, in milliseconds. */
const KEEP_CHUNKS_MS = 600_000;

/**
 * Bring apps/cli/dist up to date: generators, bundle, web client and skills. Costs a hash over the sources when nothing
 * changed. Several processes may build at once; a program that runs meanwhile is not disturbed.
 */
export async function build(): Promise<"built" | "unchanged"> {
  if (isCurrent(hashOf(root, SOURCES))) return "unchanged";
  mkdirSync(dist, { recursive: true });
  return withLock(join(dist, ".lock"), async () => {
    const inputs = hashOf(root, SOURCES);
    if (isCurrent(inputs)) return "unchanged";
    await generate();
    writeManifest();
    const staging = join(dist, `.staging-${process.pid}`);
    try {
      await Promise.all([bundleInto(staging), buildPage()]);
      moveInto(staging, dist);
    } finally {
      rmSync(staging, { recursive: true, force: true });
    }
    copyFolder("apps/web/dist", "web");
    copyFolder("skills", "skills");
    writeFileSync(stampFile, inputs);
    return "built";
  });
}

function isCurrent(inputs: string): boolean {
  return existsSync(stampFile) && readFileSync(stampFile, "utf8") === inputs;
}

/** CommonJS dependencies ask for Node's own modules with `require`, which an ES module does not have by itself. */
const REQUIRE_BANNER =
  'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);';

async function bundleInto(outdir: string): Promise<void> {
  await bundle({
    absWorkingDir: root,
    entryPoints: { main: "apps/cli/src/main.ts", sdk: "packages/sdk/src/index.ts" },
    outdir,
    entryNames: "[name]",
    chunkNames: "chunks/[name]-[hash]",
    assetNames: "chunks/[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22.15",
    sourcemap: "external",
    // Every start compiles the entry anew, so its size counts; names stay readable in error reports.
    minifyWhitespace: true,
    minifySyntax: true,
    // Node prints the source line of an error that nobody catches.
    lineLimit: 160,
    external: ["better-sqlite3"],
    banner: { js: REQUIRE_BANNER },
    plugins: [smallImportsInline, wasmBesideBundle, zodAsNamespace],
    legalComments: "none",
    logLevel: "warning",
  });
}

/** The web client, as its own configuration says. */
async function buildPage(): Promise<void> {
  await viteBuild({ root: join(root, "apps/web"), logLevel: "warn" });
}

/** New chunks first, the entry last: whoever starts in between gets a whole program, the old or the new one. */
function moveInto(staging: string, target: string): void {
  const chunks = join(target, "chunks");
  mkdirSync(chunks, { recursive: true });
  const fresh = new Set(readdirSync(join(staging, "chunks")));
  for (const name of fresh) renameSync(join(staging, "chunks", name), join(chunks, name));
  for (const name of ["sdk.js.map", "sdk.js", "main.js.map", "main.js"])
    renameSync(join(staging, name), join(target, name));
  for (const name of readdirSync(chunks)) {
    const file = join(chunks, name);
    if (!fresh.has(name) && Date.now() - statSync(file).mtimeMs > KEEP_CHUNKS_MS) rmSync(file);
  }
}

function copyFolder(from: string, to: string): void {
  const source = join(root, from);
  const target = join(dist, to);
  rmSync(target, { recursive: true, force: true });
  if (existsSync(source)) cpSync(source, target, { recursive: true });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  process.stderr.write(`apps/cli/dist: ${await build()}\n`);
}
