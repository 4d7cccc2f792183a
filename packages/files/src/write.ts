import {
  closeSync,
  constants,
  fchmodSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { openRegular } from "./read.ts";

/**
 * Replace a file as a whole; only its owner can read it. Readers see the old one or the new one, and a link of that name is
 * replaced, never followed. Throws the error of the system.
 */
export function replaceFile(path: string, content: string | Uint8Array): void {
  // The name only has to be free: what has it already is never written to.
  const draft = `${path}.${process.pid}-${Math.random().toString(36).slice(2)}.tmp`;
  try {
    createPrivately(draft, content);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** Make a new file that only its owner can read. Throws `EEXIST` for whatever has that name, a link included. */
export function createPrivately(path: string, content: string | Uint8Array): void {
  const file = openSync(path, "wx", 0o600);
  try {
    // What is asked for at creation is cut by the mask of the process, and some of our readers insist on it.
    fchmodSync(file, 0o600);
    writeFileSync(file, content);
  } finally {
    closeSync(file);
  }
}

/**
 * Open a file to append to, readable by its owner only, made when missing. Throws the error of the system for a link, and
 * one with the code `NOT_A_FILE` for a FIFO or a device. The caller closes the descriptor.
 */
export function appendPrivately(path: string): number {
  // Reading too: opening a FIFO for writing alone would fail or wait instead of being recognised.
  const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT;
  const { file } = openRegular(path, { links: "refuse", flags });
  fchmodSync(file, 0o600);
  return file;
}

/** A log longer than this is put aside, in bytes; one older log is kept. */
const MOST_LOG_BYTES = 1024 * 1024;

/**
 * Open a log to append to, after putting one that has grown too long aside as `<path>.1`. Throws as `appendPrivately` does.
 * The caller closes the descriptor.
 */
export function openLog(path: string): number {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isFile() === true && found.size > MOST_LOG_BYTES) renameSync(path, `${path}.1`);
  return appendPrivately(path);
}

/**
 * Give a file a second name that nothing has yet; of any number of processes that try at once one succeeds. Returns whether
 * this one did. A lock that is made so appears with all its content. Throws the error of the system, `EEXIST` excepted.
 */
export function linkOnce(existing: string, path: string): boolean {
  try {
    linkSync(existing, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}
