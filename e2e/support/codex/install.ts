import { execFile } from "node:child_process";
import { access, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { TESTED_CODEX_VERSIONS } from "../../../packages/host/src/agents/codex/versions.ts";

const run = promisify(execFile);

/** The releases that everything is tested against, oldest first. */
export const CODEX_VERSIONS = TESTED_CODEX_VERSIONS;
export type CodexVersion = (typeof CODEX_VERSIONS)[number];
/** What is tested only once is tested with this one. */
export const NEWEST_CODEX = CODEX_VERSIONS.at(-1) as CodexVersion;

const VERSION_LIMIT_MS = 20_000;
const INSTALL_LIMIT_MS = 300_000;

/** Where the real program was found, or why it cannot be used. */
export type CodexInstall =
  | { ok: true; path: string; version: string; source: "path" | "cache" | "npm" }
  | { ok: false; reason: string };

/** The folder outside the repository that keeps the installed program and its scratch homes. */
export function codexCacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env.CONVEYOR_CODEX_CACHE ?? join(env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "conveyor-codex");
}

/**
 * Find the real Codex program in this release: on PATH, else in the cache folder, else install it there from
 * the npm registry (about 400 MB; 5 minutes at most), which `onDownload` is told before it begins. Never throws; `CONVEYOR_CODEX_INSTALL=0` forbids the install.
 */
export async function installCodex(
  version: CodexVersion = NEWEST_CODEX,
  env: NodeJS.ProcessEnv = process.env,
  onDownload: (what: string) => void = () => {},
): Promise<CodexInstall> {
  for (const folder of (env.PATH ?? "").split(delimiter)) {
    const path = join(folder, "codex");
    if (folder !== "" && (await hasVersion(path, version))) return { ok: true, path, version, source: "path" };
  }
  const home = join(codexCacheFolder(env), version);
  const path = join(home, "node_modules", ".bin", "codex");
  if (await hasVersion(path, version)) return { ok: true, path, version, source: "cache" };
  if (env.CONVEYOR_CODEX_INSTALL === "0")
    return { ok: false, reason: "not installed, and CONVEYOR_CODEX_INSTALL=0 forbids to install it" };
  onDownload(`@openai/codex@${version} is downloaded once, about 400 MB, into ${home}`);
  try {
    await installInto(home, version);
  } catch (error) {
    return { ok: false, reason: `npm could not install @openai/codex@${version}: ${firstLine(error)}` };
  }
  if (await hasVersion(path, version)) return { ok: true, path, version, source: "npm" };
  return { ok: false, reason: `${path} was installed but does not run on this machine` };
}

/** Install beside the final place and move it there, so that two tests at once never see half of it. */
async function installInto(home: string, version: CodexVersion): Promise<void> {
  await mkdir(join(home, ".."), { recursive: true });
  const staging = await mkdtemp(`${home}-`);
  try {
    const flags = ["--no-audit", "--no-fund", "--no-save", "--loglevel=error", "--fetch-retries=1"];
    await run("npm", ["install", "--prefix", staging, ...flags, `@openai/codex@${version}`], {
      timeout: INSTALL_LIMIT_MS,
    });
    await rename(staging, home).catch(async (error: unknown) => {
      if (!(await hasVersion(join(home, "node_modules", ".bin", "codex"), version))) throw error;
    });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function hasVersion(path: string, version: CodexVersion): Promise<boolean> {
  try {
    await access(path);
    const { stdout } = await run(path, ["--version"], { timeout: VERSION_LIMIT_MS });
    return stdout.trim().endsWith(` ${version}`) && !(await isStandIn(path));
  } catch {
    return false;
  }
}

/** The scripted agent answers to the same name and version; its help says what it is. */
async function isStandIn(path: string): Promise<boolean> {
  const { stdout } = await run(path, ["--help"], { timeout: VERSION_LIMIT_MS });
  return stdout.includes("scripted stand-in");
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? (error as Error & { stderr?: string }).stderr || error.message : String(error);
  return text.trim().split("\n")[0] ?? "unknown error";
}
