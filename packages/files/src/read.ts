import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";

export interface OpenOptions {
  /** Whether a link at this place may be followed, default "follow". */
  links?: "follow" | "refuse" | undefined;
  /** Default: reading. */
  flags?: number | undefined;
}

export interface ReadOptions extends OpenOptions {
  /** A longer file is refused and not read. */
  most_bytes: number;
}

/** What reading a file came to. `reason` can be shown after the file's name. */
export type ReadOutcome =
  | { ok: true; text: string; stats: Stats }
  | { ok: false; missing: boolean; code: string; reason: string };

/** The codes of files that were looked at and refused, beside those of the system. */
const NOT_A_FILE = "NOT_A_FILE";
const TOO_LARGE = "TOO_LARGE";

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  ENOTDIR: "does not exist",
  ELOOP: "is a link",
  ENXIO: "is not a file",
  EISDIR: "is not a file",
  [NOT_A_FILE]: "is not a file",
};

/**
 * Open a regular file and nothing else: a FIFO, a device or a socket never makes the caller wait, and none of them stays
 * open. The caller closes the descriptor. Throws the error of the system, or one with the code `NOT_A_FILE`.
 */
export function openRegular(path: string, options: OpenOptions = {}): { file: number; stats: Stats } {
  const { links = "follow", flags = constants.O_RDONLY } = options;
  const follow = links === "follow" ? 0 : constants.O_NOFOLLOW;
  const file = openSync(path, flags | follow | constants.O_NONBLOCK | constants.O_NOCTTY, 0o600);
  const stats = fstatSync(file);
  if (stats.isFile()) return { file, stats };
  closeSync(file);
  throw Object.assign(new Error(`${path} is not a file`), { code: NOT_A_FILE });
}

/** Read a whole text file within a bound. Never throws, never waits, never reads more than asked for. */
export function readWhole(path: string, options: ReadOptions): ReadOutcome {
  let file: number | undefined;
  try {
    const opened = openRegular(path, options);
    file = opened.file;
    const { most_bytes } = options;
    // The size is not believed: files of the kernel say 0, and others may still grow.
    const bytes = upTo(file, Math.min(opened.stats.size, most_bytes) + 1, most_bytes + 1);
    if (bytes.length > most_bytes) return refused(TOO_LARGE, `is larger than ${most_bytes} bytes`);
    return { ok: true, text: bytes.toString("utf8"), stats: opened.stats };
  } catch (error) {
    const { code = "EIO" } = error as NodeJS.ErrnoException;
    return refused(code, REASONS[code] ?? `cannot be read (${code})`);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function refused(code: string, reason: string): ReadOutcome {
  return { ok: false, missing: code === "ENOENT" || code === "ENOTDIR", code, reason };
}

function upTo(file: number, guess: number, limit: number): Buffer {
  const chunks: Buffer[] = [];
  let total = 0;
  for (let room = Math.min(guess, limit); room > 0; room = Math.min(64 * 1024, limit - total)) {
    const chunk = Buffer.alloc(room);
    const read = readSync(file, chunk, 0, room, null);
    if (read === 0) break;
    total += read;
    chunks.push(chunk.subarray(0, read));
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
}
