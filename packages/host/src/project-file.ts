import { createHash } from "node:crypto";
import { constants, lstatSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { ConveyorError } from "@conveyor/contracts/errors";
import { realPath } from "@conveyor/files";
import { enclosingRepository } from "./git.ts";

/** Text is looked through for secrets up to this size, in bytes; a longer one cannot be vouched for. */
const MOST_TEXT_BYTES = 16 * 1024 * 1024;
/** Larger files get no hash, in bytes. */
const MOST_HASHED_BYTES = 1024 * 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;
/** So much of a chunk is looked at once more with the next, so that no secret hides at a border. */
const OVERLAP = 4096;

/** Names of files and folders that hold keys or pack what nobody looks into, in small letters. */
const NO_ARTIFACT = [
  /^\.env(\..*)?$/,
  /^\.(git|ssh|aws|gnupg|netrc|npmrc|pypirc|codex-workers)$/,
  /^id_(rsa|dsa|ecdsa|ed25519)$/,
  /\.(pem|key|p12|pfx|jks|keystore|kdbx|mobileprovision)$/,
  /\.(ipa|apk|aab|zip|tar|tgz|gz|bz2|xz|zst|7z|rar|dmg|iso)$/,
] as const;

/** How packed files begin, whatever they are called. */
const PACKED = ["504b0304", "1f8b", "377abcaf271c", "526172211a07", "fd377a585a00", "28b52ffd", "425a68"] as const;

export interface ProjectFile {
  /** Relative to the project, with `/`. */
  path: string;
  /** Null when the file is not there, or too large. */
  sha256: string | null;
  is_there: boolean;
}

/**
 * Look at a file that is to be named as a result of a project: the repository around `root`, or `root` itself where there is
 * none. A path may name what is not made yet. Throws `invalid_input` for one outside the project, one that leads through a
 * link, what is no plain file, and what holds or may hold secrets; no message repeats any of it.
 */
export async function lookAtProjectFile(
  root: string,
  path: string,
  { holdsSecret, signal }: { holdsSecret(text: string): boolean; signal: AbortSignal },
): Promise<ProjectFile> {
  const repository = enclosingRepository(root);
  const lexical = repository === undefined ? resolve(root) : dirname(repository);
  if (dirname(lexical) === lexical)
    throw refusal("the folder of the whole system is no project", "name it with --root DIR");
  const project = realPath(lexical);
  const absolute = resolve(root, path);
  const inside = within(lexical, absolute) ?? within(project, absolute);
  if (inside === undefined) {
    throw refusal("the file lies outside the project", "copy it into the project, or name the project with --root DIR");
  }
  const shown = inside.split(sep).join("/");
  if (holdsSecret(shown)) throw refusal("the name of the file looks like a secret", "give it a plain name");
  if (inside.split(sep).some((part) => NO_ARTIFACT.some((pattern) => pattern.test(part.toLowerCase())))) {
    throw refusal(
      "files with keys, archives and app packages are kept out of receipts",
      "name the file itself that a reviewer is to look at",
    );
  }
  const is_there = assertNoLinkOn(project, inside);
  if (!is_there) return { path: shown, sha256: null, is_there };
  return { path: shown, sha256: await harmlessHash(join(project, inside), holdsSecret, signal), is_there };
}

/** The path from a folder to something in it; undefined for what is not in it. */
function within(folder: string, path: string): string | undefined {
  const way = relative(folder, path);
  return way === "" || way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way) ? undefined : way;
}

/** Whether the file is there. Throws for a link anywhere between the project and it, and for what is no plain file. */
function assertNoLinkOn(project: string, inside: string): boolean {
  const parts = inside.split(sep);
  let at = project;
  for (const [i, part] of parts.entries()) {
    at = join(at, part);
    const found = lstatSync(at, { throwIfNoEntry: false });
    if (found === undefined) return false;
    if (found.isSymbolicLink()) throw refusal("the path leads through a link", "name the file where it really lies");
    const isLast = i === parts.length - 1;
    if (isLast ? !found.isFile() : !found.isDirectory()) {
      throw refusal("the path names no plain file", "name one file that a reviewer can open");
    }
  }
  return true;
}

async function harmlessHash(
  path: string,
  holdsSecret: (text: string) => boolean,
  signal: AbortSignal,
): Promise<string | null> {
  const file = await opened(path);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw refusal("the path names no plain file", "name one file that a reviewer can open");
    if (stats.size > MOST_HASHED_BYTES) return null;
    const hash = createHash("sha256");
    const chunk = Buffer.alloc(CHUNK_BYTES);
    let tail = "";
    let is_text = true;
    for (let total = 0; total <= MOST_HASHED_BYTES; ) {
      signal.throwIfAborted();
      const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, null);
      if (bytesRead === 0) return hash.digest("hex");
      const part = chunk.subarray(0, bytesRead);
      if (total === 0) assertNotPacked(part);
      hash.update(part);
      // Pictures and films hold zero bytes from the beginning; a text that holds one is looked at up to there.
      is_text &&= total > 0 || !part.includes(0);
      total += bytesRead;
      if (!is_text) continue;
      if (total > MOST_TEXT_BYTES)
        throw refusal("the text is too long to be looked through for secrets", "name a smaller one");
      const text = tail + part.toString("latin1");
      if (holdsSecret(text)) throw refusal("the file holds what looks like a secret", "take it out of the file first");
      tail = text.slice(-OVERLAP);
    }
    return null;
  } finally {
    await file.close();
  }
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const { code = "unknown reason" } = error as NodeJS.ErrnoException;
    throw refusal(`the file cannot be read (${code})`, "name a file that you may read");
  }
}

function assertNotPacked(start: Buffer): void {
  const begins = start.subarray(0, 8).toString("hex");
  if (!PACKED.some((magic) => begins.startsWith(magic))) return;
  throw refusal(
    "archives and app packages are kept out of receipts",
    "name the file itself that a reviewer is to look at",
  );
}

function refusal(message: string, hint: string): ConveyorError {
  return new ConveyorError("invalid_input", `artifact_path: ${message}`, { hint, details: { field: "artifact_path" } });
}
