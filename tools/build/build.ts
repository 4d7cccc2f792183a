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
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type BuildOptions, build as bundle, type Plugin } from "esbuild";
import { build as viteBuild } from "vite";
import { declaredOperations, writeRegistry } from "../contracts/registry.ts";
import { generate } from "../prisma/generate.ts";
import { withLock } from "./lock.ts";
import { apart, builtinsOnDemand, sqliteInBundle, wasmBesideBundle, zodAsNamespace } from "./plugins.ts";
import { leaveToRooms, planRooms, roomEntry } from "./rooms.ts";
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
  "plugin",
  "e2e/support/scripted-agent",
  "pnpm-lock.yaml",
];

/** Files of an earlier build stay this long, because a process that still runs may yet load them, in milliseconds. */
const KEEP_FILES_MS = 600_000;

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
    writeRegistry();
    await generate();
    // Reads the contracts, which take in the registry.
    (await import("../cli/manifest.ts")).writeManifest();
    const staging = join(dist, `.staging-${process.pid}`);
    try {
      await Promise.all([bundleInto(staging, inputs.slice(0, 8).toUpperCase()), buildPage()]);
      moveInto(staging, dist);
    } finally {
      rmSync(staging, { recursive: true, force: true });
    }
    copyFolder("apps/web/dist", "web");
    copyFolder("skills", "skills");
    copyFolder("plugin", "plugin");
    // `qa-run` types into it: a program that behaves in a terminal as an agent does, and needs nothing.
    copyFolder("e2e/support/scripted-agent", "stand-in", /\.mjs$/);
    writeFileSync(stampFile, inputs);
    return "built";
  });
}

function isCurrent(inputs: string): boolean {
  return existsSync(stampFile) && readFileSync(stampFile, "utf8") === inputs;
}

/** What a process needs only when it runs operations or a server itself, by far the most of the program. */
const PROGRAM_PARTS = {
  embedded: { path: "packages/sdk/src/link/embedded.ts", asked: /^\.\/embedded\.ts$/ },
  server: { path: "apps/server/src/index.ts", asked: /^@conveyor\/server$/ },
};
/**
 * What the command line itself needs seldom, and is large: the way to a server on the network, which fields an answer has,
 * the schema of the configuration, and what asks a person.
 */
const SELDOM_PARTS = {
  remote: "./packages/sdk/src/link/remote.ts",
  fields: "./apps/cli/src/print/fields.ts",
  verbs: "./apps/cli/src/config/files/verbs.ts",
  read: "./apps/cli/src/config/files/read.ts",
  terminal: "./apps/cli/src/contract/interview/terminal.ts",
};
const ASKED_FOR = {
  remote: /^\.\/remote\.ts$/,
  fields: /^\.\/print\/fields\.ts$/,
  verbs: /^\.\/files\/verbs\.ts$/,
  read: /^\.\/read\.ts$/,
  terminal: /^\.\/interview\/terminal\.ts$/,
};
/** The database client is generated, large, and not needed by the commands that run most often. */
const DATABASE_PARTS = { prisma: /^\.\/prisma\.ts$/ };

const LATE_BUILTINS = builtinsOnDemand([
  "node:child_process",
  "node:crypto",
  "node:fs/promises",
  "node:net",
  "node:timers/promises",
]);

/**
 * The program as few CommonJS files: an entry that a start loads whole, and what it loads on demand. Node links ES modules
 * one by one and loads every built-in module that any of them names, which cost a start more than all our own code; in
 * CommonJS a bundled module, and the built-ins it names, are evaluated when they are first asked for.
 */
async function bundleInto(outdir: string, id: string): Promise<void> {
  const prisma = await bundleApart(outdir, "prisma", { prisma: "./packages/store/src/prisma.ts" }, []);
  const files = schemaFiles();
  const members = files.map((file) => [file, `./packages/contracts/src/${file}.ts`] as const);
  const schemas = await bundleApart(outdir, "schemas", Object.fromEntries(members), []);
  // The directory of operations asks for them by their place, the router by the name of the package.
  const ofSchemas = Object.fromEntries(
    files.map((file) => [file, new RegExp(`^(\\.\\.|@conveyor/contracts)/${file}(\\.ts)?$`)]),
  );
  const program = await bundleProgram(outdir, id, [
    apart(DATABASE_PARTS, prisma),
    apart(ofSchemas, schemas, ASKS_FOR_SCHEMAS),
  ]);
  const seldom = await bundleApart(outdir, "seldom", SELDOM_PARTS, [apart(ofSchemas, schemas, ASKS_FOR_SCHEMAS)]);
  await bundle({
    ...COMMON,
    outdir,
    entryPoints: { main: "apps/cli/src/main.ts", sdk: "packages/sdk/src/index.ts" },
    plugins: [
      ...program,
      apart(ASKED_FOR, seldom, ASKS_FOR_SELDOM),
      apart(ofSchemas, schemas, ASKS_FOR_SCHEMAS),
      LATE_BUILTINS,
      sqliteInBundle,
      zodAsNamespace,
    ],
  });
  writeFileSync(join(outdir, "package.json"), '{ "type": "commonjs" }\n');
  writeModuleOfSdk(outdir);
}

const ASKS_FOR_SCHEMAS =
  /\/(?:packages\/contracts\/src\/generated\/directory|packages\/router\/src\/trpc|apps\/cli\/src\/system\/(?:serve|dashboard))\.ts$/;
const ASKS_FOR_SELDOM = /\/(?:apps\/cli\/src\/(?:config\/|contract\/|execute\.ts$)|packages\/sdk\/src\/link\/)/;

/** The modules of the contracts that hold schemas which are loaded when an operation is first called, or held to its word. */
function schemaFiles(): string[] {
  return [...new Set(declaredOperations().map(({ file }) => file)), "operation"];
}

/**
 * What runs operations, as a file for each room; returns the plugins with which others find it there. Rooms ask each other
 * in both directions, so their names carry the id of the build instead of a hash of what is in them.
 */
async function bundleProgram(outdir: string, id: string, plugins: readonly Plugin[]): Promise<Plugin[]> {
  const options = { ...COMMON, plugins: [...plugins, LATE_BUILTINS, sqliteInBundle, zodAsNamespace] };
  const { embedded, server } = PROGRAM_PARTS;
  const rooms = await planRooms(options, embedded.path, [server.path]);
  const fileOf = (room: string): string => `${room}-${id}.js`;
  await Promise.all(
    [...rooms.asked.keys()].map((room) =>
      bundle({
        ...options,
        outdir,
        stdin: { contents: roomEntry(rooms, room), resolveDir: root, sourcefile: `${room}.js` },
        entryNames: `${room}-${id}`,
        plugins: [...options.plugins, leaveToRooms(rooms, room, root, fileOf)],
      }),
    ),
  );
  return Object.values(PROGRAM_PARTS).map(({ path, asked }) =>
    apart({ [path]: asked }, fileOf(rooms.of.get(path) ?? "")),
  );
}

/** Bundle some modules into one file whose exports give each of them on demand; returns the file's name. */
async function bundleApart(
  outdir: string,
  name: string,
  modules: Readonly<Record<string, string>>,
  plugins: readonly Plugin[],
): Promise<string> {
  const members = Object.entries(modules).map(
    ([part, path]) => `get ${JSON.stringify(part)}() { return require("${path}"); }`,
  );
  const { metafile } = await bundle({
    ...COMMON,
    outdir,
    stdin: { contents: `module.exports = { ${members.join(", ")} };`, resolveDir: root, sourcefile: `${name}.js` },
    // A program that still runs may ask for the file that it was built with, so a new one gets another name.
    entryNames: `${name}-[hash]`,
    plugins: [...plugins, LATE_BUILTINS, sqliteInBundle, wasmBesideBundle, zodAsNamespace],
  });
  const file = Object.keys(metafile.outputs).find((output) => output.endsWith(".js"));
  if (file === undefined) throw new Error(`${name}: nothing was built`);
  return basename(file);
}

const COMMON = {
  absWorkingDir: root,
  assetNames: "[name]-[hash]",
  bundle: true,
  format: "cjs",
  platform: "node",
  target: "node22.15",
  // Modules load each other with `require`, also those of Node and those that are asked for late.
  supported: { "dynamic-import": false },
  define: { "import.meta.dirname": "__dirname", "import.meta.filename": "__filename", "import.meta.url": "__url" },
  banner: { js: 'const __url = require("node:url").pathToFileURL(__filename).href;' },
  sourcemap: "external",
  // Every start compiles the entry anew, so its size counts; names stay readable in error reports.
  minifyWhitespace: true,
  minifySyntax: true,
  // Node prints the source line of an error that nobody catches.
  lineLimit: 160,
  // The one has a binary part of its own for each system, the other is large; few want them, so neither is in the bundle.
  external: ["@lydell/node-pty", "playwright-core"],
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
} as const satisfies BuildOptions;

/** Scripts import the SDK by name; Node finds the names of a bundle's exports only where they are spelled out. */
function writeModuleOfSdk(outdir: string): void {
  const names = Object.keys(createRequire(import.meta.url)(join(outdir, "sdk.js"))).join(", ");
  writeFileSync(join(outdir, "sdk.mjs"), `import sdk from "./sdk.js";\nexport const { ${names} } = sdk;\n`);
}

/**
 * The web client, as its own configuration says. A test runner that builds says NODE_ENV=test, of which Vite makes a page
 * with React's development build, twice as large.
 */
async function buildPage(): Promise<void> {
  const before = process.env["NODE_ENV"];
  process.env["NODE_ENV"] = "production";
  try {
    await viteBuild({ root: join(root, "apps/web"), logLevel: "warn" });
  } finally {
    if (before === undefined) delete process.env["NODE_ENV"];
    else process.env["NODE_ENV"] = before;
  }
}

/** What is loaded on demand first, the entries last: whoever starts in between gets a whole program, the old or the new one. */
function moveInto(staging: string, target: string): void {
  const fresh = new Set(readdirSync(staging));
  const entries = /^(main|sdk)\./;
  const inOrder = [...fresh].sort((a, b) => Number(entries.test(a)) - Number(entries.test(b)));
  for (const name of inOrder) renameSync(join(staging, name), join(target, name));
  for (const name of readdirSync(target)) {
    const file = join(target, name);
    const isOurs = /-[A-Z0-9]{8}\./.test(name);
    if (isOurs && !fresh.has(name) && Date.now() - statSync(file).mtimeMs > KEEP_FILES_MS) rmSync(file);
  }
}

function copyFolder(from: string, to: string, names = /(?:)/): void {
  const source = join(root, from);
  const target = join(dist, to);
  rmSync(target, { recursive: true, force: true });
  const wanted = (path: string) => statSync(path).isDirectory() || names.test(path);
  if (existsSync(source)) cpSync(source, target, { recursive: true, filter: wanted });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  process.stderr.write(`apps/cli/dist: ${await build()}\n`);
}
