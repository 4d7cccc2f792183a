import { createHash } from "node:crypto";
import { createReadStream, lstatSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { ConveyorError } from "@conveyor/contracts/errors";
import { openRegular } from "@conveyor/files";
import type { Entry, ZipFile } from "yauzl";

/** Most files of a bundle; an export writes some forty. */
const MOST_FILES = 1000;
/** Most that all files of a bundle may come to, in bytes. */
export const MOST_BUNDLE_BYTES = 4 * 1024 * 1024 * 1024;
/** Longest manifest, in bytes. */
export const MOST_MANIFEST_BYTES = 4 * 1024 * 1024;
/** Kinds of files in the mode that an archive keeps of an entry. */
const KIND_MASK = 0o170000;
const REGULAR = 0o100000;

/** The files of a bundle, wherever they are. Nothing of it is ever written to a disk. */
export interface BundleSource {
  /** Every name and its size in bytes, as the place says. */
  sizes: ReadonlyMap<string, number>;
  open(name: string): Promise<Readable>;
  close(): void;
}

/** The refusal of a bundle, with the file that it is about. */
export function invalidBundle(problem: string, file?: string, cause?: unknown): ConveyorError {
  return new ConveyorError("bundle_invalid", file === undefined ? problem : `${shownName(file)} ${problem}`, {
    details: file === undefined ? {} : { file: shownName(file) },
    cause,
  });
}

/** A name as somebody else chose it, on one line and short. */
function shownName(name: string): string {
  return JSON.stringify(name.slice(0, 200));
}

/** Throws `not_found`, `bundle_invalid`. */
export async function openBundle(path: string): Promise<BundleSource> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    throw new ConveyorError("not_found", `there is no bundle at ${path}`, {
      hint: "name the folder or the archive that `conveyor export-task` wrote",
      details: { kind: "bundle", path },
    });
  }
  return found.isDirectory() ? folderSource(path) : await archiveSource(path);
}

function folderSource(root: string): BundleSource {
  const sizes = new Map<string, number>();
  const collect = (below: string, depth: number) => {
    for (const entry of readdirSync(join(root, below))) {
      const name = below === "" ? entry : `${below}/${entry}`;
      const found = lstatSync(join(root, name));
      if (found.isDirectory() && depth < 3) collect(name, depth + 1);
      else if (found.isFile()) addName(sizes, name, found.size);
      else throw invalidBundle("is neither a file nor a folder of a bundle", name);
    }
  };
  collect("", 0);
  return {
    sizes,
    async open(name) {
      const { file } = openRegular(join(root, name), { links: "refuse" });
      return createReadStream("", { fd: file });
    },
    close() {},
  };
}

async function archiveSource(path: string): Promise<BundleSource> {
  const { openPromise } = await import("yauzl");
  let zip: ZipFile;
  const entries = new Map<string, Entry>();
  const sizes = new Map<string, number>();
  try {
    // Names with `..`, a leading slash, a drive or a backslash are refused by the library already.
    zip = await openPromise(path, { autoClose: false, strictFileNames: true, validateEntrySizes: true });
  } catch (error) {
    throw invalidBundle(`${path} is no archive that can be read: ${(error as Error).message}`, undefined, error);
  }
  try {
    for await (const entry of zip.eachEntry()) {
      assertPlain(entry);
      addName(sizes, entry.fileName, entry.uncompressedSize);
      entries.set(entry.fileName, entry);
    }
  } catch (error) {
    zip.close();
    throw error instanceof ConveyorError ? error : invalidBundle((error as Error).message, undefined, error);
  }
  return {
    sizes,
    open: (name) => zip.openReadStreamPromise(entries.get(name) as Entry),
    close: () => zip.close(),
  };
}

/** An entry must be a file: no link, no folder, nothing with a password. */
function assertPlain(entry: Entry): void {
  const kind = (entry.externalFileAttributes >>> 16) & KIND_MASK;
  if (kind !== 0 && kind !== REGULAR)
    throw invalidBundle("is a link or a folder, which no export writes", entry.fileName);
  if (entry.fileName.endsWith("/")) throw invalidBundle("is a folder, which no export writes", entry.fileName);
  if (entry.isEncrypted() || !entry.canDecodeFileData()) throw invalidBundle("cannot be unpacked", entry.fileName);
}

function addName(sizes: Map<string, number>, name: string, size: number): void {
  if (sizes.has(name)) throw invalidBundle("is in it twice", name);
  sizes.set(name, size);
  if (sizes.size > MOST_FILES) throw invalidBundle(`it holds more than ${MOST_FILES} files`);
}

/**
 * The bytes of a file, none beyond what the manifest says, and at the end the assurance that they are the right ones.
 * Throws `bundle_invalid`.
 */
export async function* checkedBytes(
  source: BundleSource,
  name: string,
  expected: { bytes: number; sha256: string },
): AsyncGenerator<Buffer> {
  const hash = createHash("sha256");
  let bytes = 0;
  const stream = await source.open(name).catch((error: Error) => {
    throw invalidBundle(`cannot be read: ${error.message}`, name, error);
  });
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > expected.bytes) break;
      hash.update(chunk);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof ConveyorError) throw error;
    throw invalidBundle(`cannot be read: ${(error as Error).message}`, name, error);
  } finally {
    stream.destroy();
  }
  if (bytes !== expected.bytes) throw invalidBundle("is not as long as the manifest says", name);
  if (hash.digest("hex") !== expected.sha256)
    throw invalidBundle("is not what the manifest says: its hash differs", name);
}
