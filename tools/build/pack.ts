import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build, root } from "./build.ts";
import { bundleTypes } from "./types/bundle.ts";

/** Where the program lies in the repository and in the package, as the launcher says it. */
const REPOSITORY_DIST = "../apps/cli/dist/main.js";
const PACKAGE_DIST = "../dist/main.js";
/** The last one is what `npx agent-conveyor` looks for. */
const PROGRAMS = { conveyor: "conveyor", workerctl: "workerctl", "agent-conveyor": "conveyor" };

interface Manifest {
  version: string;
  description: string;
  license: string;
  repository: object;
  keywords: string[];
  engines: Record<string, string>;
  dependencies: Record<string, string>;
}

const readManifest = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8")) as Manifest;

/** The package.json of the published package: the programs, the SDK, the native SQLite module, and what shows terminals. */
function packageManifest(): Record<string, unknown> {
  const { version, description, license, repository, keywords, engines } = readManifest("package.json");
  const { dependencies } = readManifest("apps/cli/package.json");
  return {
    name: "agent-conveyor",
    version,
    description,
    license,
    repository,
    keywords,
    type: "module",
    engines,
    main: "./dist/sdk.js",
    types: "./dist/sdk.d.ts",
    exports: {
      ".": {
        import: { types: "./dist/sdk.d.mts", default: "./dist/sdk.mjs" },
        require: { types: "./dist/sdk.d.ts", default: "./dist/sdk.js" },
      },
      "./package.json": "./package.json",
    },
    bin: Object.fromEntries(Object.entries(PROGRAMS).map(([name, file]) => [name, `bin/${file}`])),
    files: ["bin", "dist", "scripts"],
    dependencies: { "better-sqlite3": dependencies["better-sqlite3"] },
    // Without it everything works but terminals in the page, which say so.
    optionalDependencies: { "@lydell/node-pty": dependencies["@lydell/node-pty"] },
    // Whoever takes pictures of pages installs it beside this package.
    peerDependencies: { "playwright-core": ">=1.50" },
    peerDependenciesMeta: { "playwright-core": { optional: true } },
  };
}

/** Put everything that is published into `folder`. Builds first when something changed. */
async function stagePackage(folder: string): Promise<void> {
  await build();
  cpSync(join(root, "bin"), join(folder, "bin"), { recursive: true });
  cpSync(join(root, "scripts"), join(folder, "scripts"), { recursive: true });
  const launcher = join(folder, "bin/launch.cjs");
  writeFileSync(launcher, readFileSync(launcher, "utf8").replaceAll(REPOSITORY_DIST, PACKAGE_DIST));
  // Hidden files are locks and leftovers of a build; maps are for the repository only.
  const published = (source: string) => !/\.map$|\/\.[^/]+$|inputs\.sha256$/.test(source);
  cpSync(join(root, "apps/cli/dist"), join(folder, "dist"), { recursive: true, filter: published });
  await bundleTypes(root, join(folder, "dist/sdk.d.ts"));
  cpSync(join(folder, "dist/sdk.d.ts"), join(folder, "dist/sdk.d.mts"));
  cpSync(join(root, "LICENSE"), join(folder, "LICENSE"));
  cpSync(join(root, "packages/store/src/secrets/listed.LICENSE"), join(folder, "dist/secretlint.LICENSE"));
  cpSync(join(root, "apps/cli/README.md"), join(folder, "README.md"));
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(packageManifest(), null, 2)}\n`);
}

/** Make the tarball in `destination` and return its path. */
export async function pack(destination: string): Promise<string> {
  const staging = mkdtempSync(join(tmpdir(), "conveyor-pack-"));
  try {
    await stagePackage(staging);
    mkdirSync(destination, { recursive: true });
    const said = execFileSync("npm", ["pack", "--json", "--pack-destination", destination], {
      cwd: staging,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 120_000,
    });
    const [packed] = JSON.parse(said) as { filename: string }[];
    return join(destination, packed?.filename ?? "");
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  process.stdout.write(`${await pack(resolve(process.argv[2] ?? "."))}\n`);
}
