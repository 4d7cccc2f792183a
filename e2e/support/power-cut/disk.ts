import { basename, dirname } from "node:path";
import type { DiskEvent, Traced } from "./events.ts";

/** Numbers from 0 up to 1 that are the same in every run. */
export type Random = () => number;

/**
 * What a disk kept of that for which it was not waited: `nothing`; `everything`; the `beginning`, all until some moment, of
 * each file another one; `torn`, likewise and the write at that moment in part; `some`, any of it, in no order.
 */
export const FATES = ["nothing", "everything", "beginning", "torn", "some"] as const;
export type Fate = (typeof FATES)[number];

/** What a cut left of a ledger: its files by name. Empty when their folder is gone. */
export type Image = ReadonlyMap<string, Buffer>;

type Change = Traced<Extract<DiskEvent, { kind: "write" | "truncate" }>>;

interface File {
  /** What is on the disk for certain. */
  kept: Buffer;
  /** What came after that. */
  pending: Change[];
}

type Entry = File | "folder" | undefined;

interface Naming {
  name: string;
  entry: Entry;
  ended: number;
}

interface Folder {
  kept: Map<string, Entry>;
  /** What programs see. */
  now: Map<string, Entry>;
  pending: Naming[];
}

/**
 * A disk that promises no more than POSIX does: what was written to a file is there when the file was waited for, and a
 * name when its folder was. It follows a trace, and tells at every moment what a power cut might leave.
 */
export class Disk {
  readonly #folders = new Map<string, Folder>();

  apply(event: Traced): void {
    const { path, ended } = event;
    const folder = this.#folder(dirname(path));
    const name = basename(path);
    const entry = folder.now.get(name);
    switch (event.kind) {
      case "make_folder":
        rename(folder, { name, entry: "folder", ended });
        break;
      case "create":
        if (entry === undefined) rename(folder, { name, entry: { kept: Buffer.alloc(0), pending: [] }, ended });
        break;
      case "remove":
        rename(folder, { name, entry: undefined, ended });
        break;
      case "sync":
        if (typeof entry === "object") keepContent(entry, event.began);
        else keepNames(this.#folder(path), event.began);
        break;
      default:
        if (typeof entry !== "object") throw new Error(`${path} was written, but not made`);
        entry.pending.push(event);
    }
  }

  /** What is left when the power is cut now. */
  image(state_root: string, fate: Fate, random: Random): Image {
    if (!this.#isLeft(state_root, fate, random)) return new Map();
    const names = namesLeft(this.#folder(state_root), fate, random);
    const files = [...names].flatMap(([name, entry]): [string, Buffer][] =>
      typeof entry === "object" ? [[name, contentAfter(entry.kept, chosen(entry.pending, fate, random))]] : [],
    );
    return new Map(files);
  }

  /** Whether the names of a folder and of those around it, as far as they are new, are left. */
  #isLeft(path: string, fate: Fate, random: Random): boolean {
    if (path === dirname(path)) return true;
    const around = this.#folder(dirname(path));
    const isNew = around.now.has(basename(path));
    const isThere = !isNew || namesLeft(around, fate, random).get(basename(path)) !== undefined;
    return isThere && this.#isLeft(dirname(path), fate, random);
  }

  #folder(path: string): Folder {
    let folder = this.#folders.get(path);
    if (folder === undefined) this.#folders.set(path, (folder = { kept: new Map(), now: new Map(), pending: [] }));
    return folder;
  }
}

function rename(folder: Folder, naming: Naming): void {
  folder.now.set(naming.name, naming.entry);
  folder.pending.push(naming);
}

function keepNames(folder: Folder, began: number): void {
  for (const { name, entry } of folder.pending.filter(({ ended }) => ended < began)) folder.kept.set(name, entry);
  folder.pending = folder.pending.filter(({ ended }) => ended >= began);
}

function keepContent(file: File, began: number): void {
  file.kept = contentAfter(
    file.kept,
    file.pending.filter(({ ended }) => ended < began),
  );
  file.pending = file.pending.filter(({ ended }) => ended >= began);
}

/** File systems keep the changes of names in order, whatever they do with content. */
function namesLeft(folder: Folder, fate: Fate, random: Random): ReadonlyMap<string, Entry> {
  const left = new Map(folder.kept);
  const inOrder = fate === "torn" || fate === "some" ? "beginning" : fate;
  for (const { name, entry } of chosen(folder.pending, inOrder, random)) left.set(name, entry);
  return left;
}

function chosen<T extends Change | Naming>(pending: readonly T[], fate: Fate, random: Random): T[] {
  const count = Math.floor(random() * (pending.length + 1));
  switch (fate) {
    case "nothing":
      return [];
    case "everything":
      return [...pending];
    case "beginning":
      return pending.slice(0, count);
    case "torn":
      return [...pending.slice(0, count), ...pending.slice(count, count + 1).map((change) => torn(change, random))];
    case "some":
      return pending.filter(() => random() < 0.5);
  }
}

function torn<T extends Change | Naming>(change: T, random: Random): T {
  if (!("kind" in change) || change.kind !== "write") return change;
  return { ...change, bytes: change.bytes.subarray(0, Math.floor(random() * change.bytes.length)) };
}

function contentAfter(before: Buffer, changes: readonly Change[]): Buffer {
  let size = before.length;
  const most = changes.reduce((longest, change) => Math.max(longest, endOf(change)), size);
  const content = Buffer.alloc(most);
  before.copy(content);
  for (const change of changes) {
    if (change.kind === "write") {
      change.bytes.copy(content, change.at);
      size = Math.max(size, endOf(change));
    } else {
      content.fill(0, Math.min(size, change.size));
      size = change.size;
    }
  }
  return content.subarray(0, size);
}

function endOf(change: Change): number {
  return change.kind === "write" ? change.at + change.bytes.length : change.size;
}
