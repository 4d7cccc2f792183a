import { closeSync, existsSync, fstatSync, lstatSync, mkdirSync, readdirSync, readSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { ConveyorError } from "@conveyor/contracts/errors";
import { appendPrivately, makeFolder, openRegular, readWhole, replaceFile } from "@conveyor/files";

/**
 * The files by which folder-based workers are known (spec 01 §4.4, 02 §9, 07 §7.3): `<state root>/<name>/` with
 * config.json, status.json, transcript.txt, capture-meta.json, events.jsonl and contract.txt. Nothing else reads or
 * writes them. They are exports: where the ledger has a row, the row counts.
 */

const NAME = /^[A-Za-z0-9_-]+$/;
/** What is older than this many bytes in an event file is not read; far more than any worker ever wrote. */
const MOST_EVENT_BYTES = 64 * 1024 * 1024;
const MOST_JSON_BYTES = 4 * 1024 * 1024;

export type JsonFile = "config.json" | "status.json" | "capture-meta.json";
export type TextFile = "transcript.txt" | "contract.txt";

/** What a file held, and what was wrong with it; a file that is not there is null without a warning. */
export interface Tolerant<T> {
  value: T | null;
  warnings: string[];
}

/** A line of an event file that is a JSON object. */
export interface EventLine {
  /** Counted from 1. */
  number: number;
  text: string;
  /** The byte after it, from which one reads on. */
  end: number;
  event: Record<string, unknown>;
}

export interface EventLines {
  lines: EventLine[];
  /** Lines that are something else. */
  invalid: { number: number; text: string }[];
  /** Bytes up to the end of the last complete line, from which one reads on. */
  end: number;
}

/** Whether a text can be the name of a worker folder. */
export function isWorkerName(name: string): boolean {
  return NAME.test(name) && name.length <= 200;
}

/** Throws `invalid_input` unless the name can be a worker folder; it can then not point outside of the state root. */
export function assertWorkerName(name: string): void {
  if (isWorkerName(name)) return;
  throw new ConveyorError("invalid_input", `${JSON.stringify(name)} is not the name of a worker`, {
    hint: "use letters, digits, dash and underscore",
    details: { name },
  });
}

/** The folder of one worker. Making the object touches nothing. */
export class WorkerFolder {
  readonly name: string;
  readonly path: string;

  /** Throws `invalid_input` for an invalid name. */
  constructor(state_root: string, name: string) {
    assertWorkerName(name);
    this.name = name;
    this.path = join(state_root, name);
  }

  /** Make the folder for a new worker. Of several callers exactly one succeeds; the others get `conflict`. */
  claim(): void {
    try {
      makeFolder(dirname(this.path));
      mkdirSync(this.path, { mode: 0o700 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw fileError(error, this.path);
      throw new ConveyorError("conflict", `there is already a worker ${this.name}`, {
        hint: "choose another name, or start it again with --reuse",
        details: { kind: "worker", name: this.name, state_dir: this.path },
      });
    }
  }

  file(name: JsonFile | TextFile | "events.jsonl"): string {
    return join(this.path, name);
  }

  /** Whether there is a worker here: a folder alone does not make one, nor does a link to one. */
  get exists(): boolean {
    return isOwnFolder(this.path) && existsSync(this.file("config.json"));
  }

  /** Whether there is any folder of this name. */
  get is_taken(): boolean {
    return existsSync(this.path);
  }

  /** Read a JSON object. A file that cannot be read or holds something else is null with a warning. */
  readJson(name: JsonFile): Tolerant<Record<string, unknown>> {
    const path = this.file(name);
    const text = readText(path, MOST_JSON_BYTES);
    if (text.value === null) return { value: null, warnings: text.warnings };
    try {
      const value: unknown = JSON.parse(text.value);
      if (isObject(value)) return { value, warnings: [] };
      return { value: null, warnings: [`${path} does not hold a JSON object`] };
    } catch {
      return { value: null, warnings: [`${path} is not valid JSON`] };
    }
  }

  /** Replace a JSON file as a whole: sorted keys, two spaces, final line break. Readers see the old one or the new one. */
  writeJson(name: JsonFile, value: Record<string, unknown>): void {
    this.#write(name, `${JSON.stringify(sorted(value), null, 2)}\n`);
  }

  readText(name: TextFile | JsonFile): Tolerant<string> {
    return readText(this.file(name), MOST_EVENT_BYTES);
  }

  writeText(name: TextFile, text: string): void {
    this.#write(name, text);
  }

  /** Add a line to the event file, in one write. A line that a crash left unfinished is closed first. */
  appendEvent(event: { time: string; type: string; [fact: string]: unknown }): void {
    this.#makeFolder();
    const file = this.#openEvents();
    try {
      const line = `${JSON.stringify(sorted(event))}\n`;
      writeSync(file, endsInLineBreak(file) ? line : `\n${line}`);
    } finally {
      closeSync(file);
    }
  }

  /** The event file from a byte on. A last line without line break is complete when it is a JSON object. */
  readEvents(from = 0): EventLines {
    const bytes = bytesFrom(this.file("events.jsonl"), from);
    const found: EventLines = { lines: [], invalid: [], end: from };
    let start = 0;
    let number = 0;
    while (start < bytes.length) {
      const feed = bytes.indexOf(0x0a, start);
      const end = feed === -1 ? bytes.length : feed;
      const text = bytes.toString("utf8", start, end);
      const event = objectOf(text);
      number += 1;
      const next = from + end + (feed === -1 ? 0 : 1);
      if (event !== null) found.lines.push({ number, text, end: next, event });
      else if (text.trim() !== "") found.invalid.push({ number, text });
      if (feed !== -1 || event !== null) found.end = next;
      start = end + 1;
    }
    return found;
  }

  #openEvents(): number {
    const path = this.file("events.jsonl");
    try {
      return appendPrivately(path);
    } catch (error) {
      throw fileError(error, path);
    }
  }

  #write(name: JsonFile | TextFile, text: string): void {
    this.#makeFolder();
    const path = this.file(name);
    try {
      replaceFile(path, text);
    } catch (error) {
      throw fileError(error, path);
    }
  }

  #makeFolder(): void {
    try {
      if (existsSync(this.path)) return;
      makeFolder(this.path);
    } catch (error) {
      throw fileError(error, this.path);
    }
  }
}

/** Every worker that has a folder below this root, by name. A missing root has none. */
export function workerFolders(root: string): WorkerFolder[] {
  let names: string[];
  try {
    names = readdirSync(root);
  } catch {
    return [];
  }
  return names
    .filter(isWorkerName)
    .sort()
    .map((name) => new WorkerFolder(root, name))
    .filter((folder) => folder.exists);
}

/** A linked folder would lead out of the state root; what cannot be looked at is nobody's. */
function isOwnFolder(path: string): boolean {
  try {
    return lstatSync(path).isDirectory();
  } catch {
    return false;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function objectOf(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** A link is not followed: what a worker can name must not be read with the importer's rights. */
function readText(path: string, most_bytes: number): Tolerant<string> {
  const read = readWhole(path, { most_bytes, links: "refuse" });
  if (read.ok) return { value: read.text, warnings: [] };
  return { value: null, warnings: read.missing ? [] : [`${path} ${read.reason}`] };
}

function bytesFrom(path: string, from: number): Buffer {
  let opened: ReturnType<typeof openRegular>;
  try {
    opened = openRegular(path, { links: "refuse" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
    throw fileError(error, path);
  }
  const { file, stats } = opened;
  try {
    const size = Math.min(stats.size - from, MOST_EVENT_BYTES);
    if (size <= 0) return Buffer.alloc(0);
    const bytes = Buffer.alloc(size);
    return bytes.subarray(0, readSync(file, bytes, 0, size, from));
  } catch (error) {
    throw fileError(error, path);
  } finally {
    closeSync(file);
  }
}

function endsInLineBreak(file: number): boolean {
  const { size } = fstatSync(file);
  if (size === 0) return true;
  const last = Buffer.alloc(1);
  readSync(file, last, 0, 1, size - 1);
  return last[0] === 0x0a;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}

function fileError(error: unknown, path: string): unknown {
  if (error instanceof ConveyorError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  return new ConveyorError("state_root_unwritable", `${path} cannot be used: ${message.split(",", 1)[0]}`, {
    hint: "check the permissions of the state root, or name another with CONVEYOR_STATE_ROOT",
    details: { path, reason: code },
    cause: error,
  });
}
