import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

export interface InstalledNode {
  version: string;
  /** The folder to put in front of PATH. */
  bin: string;
}

/**
 * What the program promises to run on (package.json, `engines`): the oldest, the newest of that line, the newest there is.
 * SQLite's native module needs Node-API 10, which came with 22.14 (an older Node dies of it without a word), and Node
 * itself unpacks zstd since 22.15.
 */
export const SUPPORTED = ["22.15.0", "22", "latest"] as const;
/** What it must refuse in its first line. */
export const REFUSED = ["18", "20"] as const;

/**
 * A Node of this version from the npm package `node`, whose binaries are packages; `22` is the newest of its line. Kept
 * in the temporary folder for the next run. Throws with npm's words when it cannot be installed.
 */
export function installNode(wanted: string): InstalledNode {
  const folder = join(tmpdir(), `conveyor-nodes-${userInfo().uid}`, wanted);
  const bin = join(folder, "node_modules/node/bin");
  if (wanted === "latest" || !existsSync(join(bin, "node"))) {
    const flags = ["--no-audit", "--no-fund", "--no-save", "--loglevel=error"];
    execFileSync("npm", ["install", "--prefix", folder, ...flags, `node@${wanted}`], {
      stdio: ["ignore", "ignore", 2],
    });
  }
  const version = execFileSync(join(bin, "node"), ["-p", "process.versions.node"], { encoding: "utf8" }).trim();
  return { version, bin };
}
