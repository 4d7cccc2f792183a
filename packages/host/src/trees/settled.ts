import { createHash } from "node:crypto";
import { type BigIntStats, lstatSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ConveyorError } from "@conveyor/contracts/errors";
import { makeFolder, readWhole } from "@conveyor/files";
import { MOST_FILES, type TreeEntry, type TreeOptions, tooManyFiles, unsettled } from "./entries.ts";

/** How often a file is hashed that changes meanwhile (spec 09 §9.2). */
const ATTEMPTS = 3;
/** A file that changed so shortly before it was hashed may change again without a trace in its times. */
const RACY_NS = 50_000_000n;
const MOST_CACHE_BYTES = 64 * 1024 * 1024;

/** A file before it is hashed. */
export interface StatedFile {
  path: string;
  is_link: boolean;
  /** Changes whenever content or mode do. */
  stamp: string;
}

export type Digests = (files: readonly StatedFile[]) => Promise<readonly string[]>;

/**
 * The entries of those of the names that are files or links, each with the digest of a moment in which it did not change,
 * and which of the names are folders. With a cache, files whose size, times and inode are as before are not read again.
 * Throws `too_large`, `conflict` (`subject_unsettled`).
 */
export async function hashSettled(
  root: string,
  names: readonly string[],
  digests: Digests,
  options: TreeOptions,
): Promise<{ entries: TreeEntry[]; folders: string[] }> {
  if (names.length > MOST_FILES) throw tooManyFiles(root);
  const cache = options.cache === undefined ? undefined : join(options.cache, `${cacheName(root)}.json`);
  const known = cache === undefined ? new Map<string, [string, string]>() : readCache(cache);
  const settled = new Map<string, { mode: string; digest: string; stamp: string; is_racy: boolean }>();
  const folders: string[] = [];
  let open = names;
  for (let attempt = 0; open.length > 0; attempt += 1) {
    options.signal?.throwIfAborted();
    if (attempt === ATTEMPTS) throw unsettled(root);
    const stated = open.flatMap((path) => {
      const stats = statsOf(root, path);
      if (stats?.isDirectory() && attempt === 0) folders.push(path);
      if (!stats?.isFile() && !stats?.isSymbolicLink()) return [];
      return [{ path, is_link: stats.isSymbolicLink(), stamp: stampOf(stats), mode: modeOf(stats) }];
    });
    const fresh = stated.filter(({ path, stamp }) => known.get(path)?.[0] !== stamp);
    const told = await digests(fresh);
    const digestOf = new Map(fresh.map(({ path }, at) => [path, told[at] ?? ""]));
    const changed: string[] = [];
    const now = BigInt(Date.now()) * 1_000_000n;
    for (const { path, stamp, mode } of stated) {
      const digest = digestOf.get(path) ?? known.get(path)?.[1] ?? "";
      const after = digestOf.has(path) ? statsOf(root, path) : null;
      const is_same = after === null || (after !== undefined && stampOf(after) === stamp);
      if (!is_same || digest === "") changed.push(path);
      else settled.set(path, { mode, digest, stamp, is_racy: after !== null && now - after.ctimeNs < RACY_NS });
    }
    open = changed;
  }
  if (cache !== undefined) writeCache(cache, settled);
  return { entries: [...settled].map(([path, { mode, digest }]) => ({ path, mode, digest })), folders };
}

function statsOf(root: string, path: string): BigIntStats | undefined {
  try {
    return lstatSync(join(root, path), { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown reason";
    throw new ConveyorError("host_denied", `${join(root, path)} cannot be looked at (${code})`, { cause: error });
  }
}

function stampOf({ size, mtimeNs, ctimeNs, ino, mode }: BigIntStats): string {
  return [size, mtimeNs, ctimeNs, ino, mode].join(" ");
}

function modeOf(stats: BigIntStats): string {
  if (stats.isSymbolicLink()) return "120000";
  return (stats.mode & 0o100n) === 0n ? "100644" : "100755";
}

function cacheName(root: string): string {
  return createHash("sha256").update(root).digest("hex").slice(0, 32);
}

/** Whatever is wrong with a cache, it is none. */
function readCache(file: string): Map<string, [string, string]> {
  const read = readWhole(file, { most_bytes: MOST_CACHE_BYTES, links: "refuse" });
  try {
    return read.ok ? new Map(JSON.parse(read.text) as [string, [string, string]][]) : new Map();
  } catch {
    return new Map();
  }
}

function writeCache(
  file: string,
  settled: ReadonlyMap<string, { digest: string; stamp: string; is_racy: boolean }>,
): void {
  const rows = [...settled].filter(([, { is_racy }]) => !is_racy);
  const text = JSON.stringify(rows.map(([path, { stamp, digest }]) => [path, [stamp, digest]]));
  const beside = `${file}.${process.pid}`;
  try {
    makeFolder(join(file, ".."));
    writeFileSync(beside, text, { mode: 0o600 });
    renameSync(beside, file);
  } catch {
    // Without a cache the next hash reads everything again.
    rmSync(beside, { force: true });
  }
}
