import { createHash } from "node:crypto";
import { createReadStream, readlinkSync } from "node:fs";
import { lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ConveyorError } from "@conveyor/contracts/errors";
import { realPath } from "@conveyor/files";
import { entriesHash, MOST_FILES, type Tree, type TreeOptions, tooManyFiles } from "./entries.ts";
import { fitsAnyGlob } from "./globs.ts";
import { hashSettled, type StatedFile } from "./settled.ts";

const IGNORE_FILE = ".conveyorignore";

/**
 * The files of a folder that is no work tree of git: all regular files and links, without `.git`, the folders that do not
 * count, and what `.conveyorignore` names, one pattern a line. A link counts by its target and is not followed.
 */
export async function walkFolder(root: string, options: TreeOptions): Promise<Tree> {
  const ignored = await ignoredPatterns(root);
  const left_out = new Set((options.without ?? []).map((path) => realPath(path)));
  const names: string[] = [];
  const open = [""];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    options.signal?.throwIfAborted();
    for (const name of await namesIn(join(root, folder))) {
      const path = folder === "" ? name : `${folder}/${name}`;
      if (name === ".git" || left_out.has(join(root, path)) || fitsAnyGlob(path, ignored)) continue;
      const stats = await lstat(join(root, path)).catch(() => undefined);
      if (stats?.isDirectory()) open.push(path);
      else names.push(path);
      if (names.length > MOST_FILES) throw tooManyFiles(root);
    }
  }
  const digests = (files: readonly StatedFile[]) => contentDigests(root, files);
  const { entries } = await hashSettled(root, names, digests, options);
  entries.sort((one, other) => (one.path < other.path ? -1 : 1));
  return { root, tree: entriesHash(entries), kind: "folder", commit: null, branch: null, dirty: null, entries };
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    throw unreadable(folder, error);
  }
}

async function ignoredPatterns(root: string): Promise<string[]> {
  const text = await readFile(join(root, IGNORE_FILE), "utf8").catch(() => "");
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

async function contentDigests(root: string, files: readonly StatedFile[]): Promise<string[]> {
  const digests: string[] = [];
  for (const { path, is_link } of files) digests.push(await contentDigest(join(root, path), is_link));
  return digests;
}

/** SHA-256 of a file, of a link's target; empty when it vanished, for which the caller looks again. */
async function contentDigest(file: string, is_link: boolean): Promise<string> {
  const hash = createHash("sha256");
  try {
    if (is_link) return hash.update(readlinkSync(file, { encoding: "buffer" })).digest("hex");
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
    return hash.digest("hex");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw unreadable(file, error);
  }
}

function unreadable(path: string, cause: unknown): ConveyorError {
  const code = (cause as NodeJS.ErrnoException).code ?? "unknown reason";
  return new ConveyorError("host_denied", `${path} cannot be read (${code})`, {
    hint: "make it readable, or leave it out in .conveyorignore",
    details: { path },
    cause,
  });
}
