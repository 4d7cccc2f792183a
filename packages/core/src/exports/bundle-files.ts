import { createHash, randomUUID } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { ConveyorError } from "@conveyor/contracts/errors";
import { makeFolder, readWhole } from "@conveyor/files";
import { syncFolder } from "@conveyor/store";

/** Text that is kept before it is written, in characters. */
const BLOCK = 64 * 1024;
/** Where text becomes bytes, in turns: nothing of a file is kept in memory but what is about to be written. */
const SCRATCH = Buffer.allocUnsafe(4 * BLOCK);
const MOST_MANIFEST_BYTES = 4 * 1024 * 1024;

/** Where the facts of a bundle stand; written last, so that what has one is whole. */
export const MANIFEST = "manifest.json";

/** A file of a bundle that is being written. */
export class BundleFile {
  readonly #file: number;
  readonly #hash = createHash("sha256");
  #pending: string[] = [];
  #length = 0;
  #bytes = 0;

  constructor(path: string) {
    this.#file = openSync(path, "wx", 0o600);
  }

  write(text: string): void {
    this.#pending.push(text);
    this.#length += text.length;
    if (this.#length >= BLOCK) this.#flush();
  }

  /** Have all of it on the disk, and say what it is. */
  close(): { bytes: number; sha256: string } {
    this.#flush();
    fsyncSync(this.#file);
    closeSync(this.#file);
    return { bytes: this.#bytes, sha256: this.#hash.digest("hex") };
  }

  #flush(): void {
    const text = this.#pending.join("");
    const block =
      text.length * 3 > SCRATCH.length ? Buffer.from(text, "utf8") : SCRATCH.subarray(0, SCRATCH.write(text));
    this.#pending = [];
    this.#length = 0;
    this.#hash.update(block);
    this.#bytes += block.length;
    // A full disk may take a part of it and refuse the rest only then.
    for (let at = 0; at < block.length; ) at += writeSync(this.#file, block, at);
  }
}

/** A list of rows, one a line, so that it can be read and compared line by line. */
export class RowFile {
  readonly #file: BundleFile;
  #rows = 0;

  constructor(file: BundleFile) {
    this.#file = file;
    file.write("[");
  }

  row(text: string): void {
    this.#file.write(this.#rows === 0 ? "\n" : ",\n");
    this.#file.write(text);
    this.#rows += 1;
  }

  end(): void {
    this.#file.write(this.#rows === 0 ? "]\n" : "\n]\n");
  }
}

/** What a bundle says of its files, by name. */
export interface BundleIndex {
  files: string[];
  sha256: Record<string, string>;
  bytes: Record<string, number>;
}

/**
 * A folder that is filled beside the place where it belongs, under a name of its own, and put there as a whole. Until
 * `place` there is nothing new under the final name, and after `discard` nothing at all.
 */
export class BundleFolder {
  readonly target: string;
  readonly #draft: string;
  readonly #names: string[] = [];
  readonly #index: Omit<BundleIndex, "files"> = { sha256: {}, bytes: {} };
  readonly #folders = new Set<string>();

  /** Throws the error of the system when nothing can be written there. */
  constructor(target: string) {
    this.target = target;
    makeFolder(dirname(target));
    this.#draft = join(dirname(target), `.${basename(target)}.${process.pid}-${randomUUID().slice(0, 8)}.tmp`);
    mkdirSync(this.#draft, { mode: 0o700 });
  }

  /** Write a file; it is one of the bundle when `write` has ended. */
  async file(name: string, write: (file: BundleFile) => void | Promise<void>): Promise<void> {
    const file = this.open(name);
    await write(file);
    this.note(name, file.close());
  }

  /** Begin a file that the caller closes and notes. */
  open(name: string): BundleFile {
    const folder = dirname(name);
    if (folder !== "." && !this.#folders.has(folder)) {
      mkdirSync(join(this.#draft, folder), { mode: 0o700 });
      this.#folders.add(folder);
    }
    return new BundleFile(join(this.#draft, name));
  }

  note(name: string, { bytes, sha256 }: ReturnType<BundleFile["close"]>): void {
    this.#names.push(name);
    this.#index.bytes[name] = bytes;
    this.#index.sha256[name] = sha256;
  }

  /** The files so far, in the order of `order`, others behind them by name. */
  index(order: readonly string[]): BundleIndex {
    const place = new Map(order.map((name, at) => [name, at]));
    const rank = (name: string) => place.get(name) ?? order.length;
    const files = [...this.#names].sort((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1));
    return { files, ...this.#index };
  }

  /** Write the manifest: the bundle is whole now, under its own name. Returns where it is until then. */
  seal(manifest: object): string {
    const file = new BundleFile(join(this.#draft, MANIFEST));
    file.write(`${JSON.stringify(manifest, null, 2)}\n`);
    file.close();
    syncFolder(this.#draft);
    return this.#draft;
  }

  /** Put the folder where it belongs, in place of an earlier export. */
  place(): void {
    const old = `${this.#draft}.old`;
    const replaces = lstatSync(this.target, { throwIfNoEntry: false }) !== undefined;
    if (replaces) renameSync(this.target, old);
    try {
      renameSync(this.#draft, this.target);
    } catch (error) {
      if (replaces) renameSync(old, this.target);
      throw error;
    }
    rmSync(old, { recursive: true, force: true });
    syncFolder(dirname(this.target));
  }

  /** Leave nothing of an export that did not come to its end. */
  discard(): void {
    rmSync(this.#draft, { recursive: true, force: true });
  }
}

/**
 * Make sure that what stands at the target may be replaced: nothing, or an earlier export without files of somebody else.
 * Throws `precondition_failed`; with `force` only for what is no folder.
 */
export function assertReplaceable(target: string, force: boolean): void {
  const found = lstatSync(target, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isDirectory()) {
    throw new ConveyorError("precondition_failed", `${target} is not a folder, so no bundle can be put there`, {
      hint: "name another folder with --output",
      details: { path: target },
    });
  }
  if (force) return;
  const known = new Set(manifestFiles(target));
  const foreign = namesBelow(target).filter((name) => !known.has(name) && name !== MANIFEST);
  if (foreign.length === 0) return;
  throw new ConveyorError("precondition_failed", `${target} holds files that no export made, as ${foreign[0]}`, {
    hint: "name another folder with --output, or add --force to replace all that is in it",
    details: { path: target, files: foreign.slice(0, 20) },
  });
}

function manifestFiles(target: string): string[] {
  const read = readWhole(join(target, MANIFEST), { most_bytes: MOST_MANIFEST_BYTES, links: "refuse" });
  try {
    const { files } = JSON.parse(read.ok ? read.text : "{}") as { files?: unknown };
    return Array.isArray(files) ? files.filter((name): name is string => typeof name === "string") : [];
  } catch {
    return [];
  }
}

function namesBelow(root: string, below = ""): string[] {
  return readdirSync(join(root, below), { withFileTypes: true }).flatMap((entry) => {
    const name = below === "" ? entry.name : `${below}/${entry.name}`;
    return entry.isDirectory() ? namesBelow(root, name) : [name];
  });
}
