import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build, root } from "./build.ts";

/** Where the program lies in the repository and in the package, as the starters in bin/ say it. */
const REPOSITORY_DIST = "apps/cli/dist/main.js";
const PACKAGE_DIST = "dist/main.js";
const PROGRAMS = ["conveyor", "workerctl"];

interface Manifest {
  version: string;
  description: string;
  engines: Record<string, string>;
  dependencies: Record<string, string>;
}

const readManifest = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8")) as Manifest;

/** The package.json of the published package: two programs, the SDK, and one dependency, the native SQLite module. */
function packageManifest(): Record<string, unknown> {
  const { version, description, engines } = readManifest("package.json");
  const { dependencies } = readManifest("apps/cli/package.json");
  return {
    name: "agent-conveyor",
    version,
    description,
    type: "module",
    engines,
    exports: { ".": "./dist/sdk.js" },
    bin: Object.fromEntries(PROGRAMS.map((name) => [name, `bin/${name}`])),
    files: ["bin", "dist", "README.md"],
    dependencies: { "better-sqlite3": dependencies["better-sqlite3"] },
  };
}

/** Put everything that is published into `folder`. Builds first when something changed. */
async function stagePackage(folder: string): Promise<void> {
  await build();
  mkdirSync(join(folder, "bin"), { recursive: true });
  for (const name of PROGRAMS) {
    const target = join(folder, "bin", name);
    writeFileSync(target, readFileSync(join(root, "bin", name), "utf8").replaceAll(REPOSITORY_DIST, PACKAGE_DIST));
    chmodSync(target, 0o755);
  }
  // Hidden files are locks and leftovers of a build; maps are for the repository only.
  const published = (source: string) => !/\.map$|\/\.[^/]+$|inputs\.sha256$/.test(source);
  cpSync(join(root, "apps/cli/dist"), join(folder, "dist"), { recursive: true, filter: published });
  if (existsSync(join(root, "README.md"))) cpSync(join(root, "README.md"), join(folder, "README.md"));
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
