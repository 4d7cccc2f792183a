import { createHash } from "node:crypto";
import { closeSync, statSync } from "node:fs";
import { isMissing, openRollout, readFully } from "./file.ts";

/** What was noted of a rollout when it was last read: the columns of `rollout_files` that identify it (spec 02 §3). */
export interface KnownRollout {
  path: string;
  thread_id: string | null;
  /** Null in a row that was made before the file was first read. */
  device: number | null;
  inode: number | null;
  /** Just after the last line read. */
  offset: number;
  last_line_offset: number | null;
  last_line_sha256: string | null;
}

/** Which file stands at a path. */
export interface RolloutIdentity {
  device: number;
  inode: number;
  size: number;
}

/** A file found for a known rollout, and what its bytes hold where the last line read ought to be. */
export interface FoundRollout extends RolloutIdentity {
  path: string;
  /** Null when there is no complete line at the noted offset, or none was noted. */
  last_line_sha256: string | null;
}

/** Everything that the decision needs to know of the disk. */
export interface RolloutSnapshot {
  /** The file at the known path. */
  current: FoundRollout | null;
  /** `<path>.zst`; only looked for when the path is gone, like the next one. */
  compressed_path: string | null;
  archived: FoundRollout | null;
  /** The newest file of the same thread other than the known path. */
  newest_of_thread: NewestRollout | null;
}

/** The newest file of a thread, and whether it comes after the known one. */
export interface NewestRollout extends FoundRollout {
  is_newer: boolean;
}

export type RolloutFileEventKind = "replaced" | "superseded" | "compressed" | "archived" | "recovered";

/** An entry of `ingest.file_events` (spec 02 §4.2). */
export interface RolloutFileEvent {
  kind: RolloutFileEventKind;
  from: string;
  to: string;
}

export interface RolloutDecision {
  /**
   * `same`: go on at the offset. `shrunk`: the file lost what was read of it; an error for the user. `replaced`: other
   * content; read from 0 and drop what is known. `archived`, `recovered`: moved. `compressed`: there, but only as zstd,
   * which has to be unpacked first. `missing`: nothing found. `superseded`: finish this file, then follow `next`.
   */
  kind: "same" | "shrunk" | "replaced" | "archived" | "recovered" | "compressed" | "missing" | "superseded";
  /** What to read now, null when there is nothing to read. */
  read: { path: string; offset: number; identity: RolloutIdentity } | null;
  /** Path of the file that continues the thread, to be read from 0 afterwards. */
  next: string | null;
  file_events: RolloutFileEvent[];
}

/** Which file is at `path`; null when there is none. Throws what the file system throws for other reasons. */
export function identifyRollout(path: string): RolloutIdentity | null {
  try {
    const stats = statSync(path);
    return { device: stats.dev, inode: stats.ino, size: stats.size };
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/**
 * Hash the complete line that begins at `offset`, without its line feed, in blocks. Null when no complete line begins
 * there. Throws `rollout_missing` or `rollout_unreadable`.
 */
export function hashLineAt(path: string, offset: number): string | null {
  const { fd, size } = openRollout(path);
  try {
    const hashing = createHash("sha256");
    const block = Buffer.allocUnsafe(64 * 1024);
    for (let position = offset; position < size; ) {
      const read = readFully(fd, path, block, position);
      if (read === 0) return null;
      const end = block.subarray(0, read).indexOf(0x0a);
      hashing.update(block.subarray(0, end === -1 ? read : end));
      if (end !== -1) return hashing.digest("hex");
      position += read;
    }
    return null;
  } finally {
    closeSync(fd);
  }
}

/** Decide how to go on with a rollout, given what is on the disk now. Pure; spec 02 §4.2. */
export function decideRollout(known: KnownRollout, snapshot: RolloutSnapshot): RolloutDecision {
  const { current, newest_of_thread } = snapshot;
  if (!current) return decideGone(known, snapshot);

  const is_other_file = known.inode !== null && (known.device !== current.device || known.inode !== current.inode);
  if (!is_other_file && known.offset > current.size) {
    return { kind: "shrunk", read: null, next: null, file_events: [] };
  }
  // A copy that was put in its place holds the same line in the same place; which file it is does not matter.
  const is_unproven = is_other_file && known.last_line_sha256 === null && known.offset > 0;
  const is_replaced = is_unproven || !holdsLastLine(known, current);
  const file_events: RolloutFileEvent[] = is_replaced ? [{ kind: "replaced", from: known.path, to: known.path }] : [];
  const read = { path: known.path, offset: is_replaced ? 0 : known.offset, identity: identityOf(current) };
  if (!newest_of_thread?.is_newer) {
    return { kind: is_replaced ? "replaced" : "same", read, next: null, file_events };
  }
  const next = newest_of_thread.path;
  return { kind: "superseded", read, next, file_events: [...file_events, event("superseded", known, next)] };
}

function decideGone(known: KnownRollout, snapshot: RolloutSnapshot): RolloutDecision {
  const { compressed_path, archived, newest_of_thread } = snapshot;
  const next = newest_of_thread?.is_newer ? newest_of_thread.path : null;
  const following = next === null ? [] : [event("superseded", known, next)];
  if (compressed_path !== null) {
    const file_events = [event("compressed", known, compressed_path), ...following];
    return { kind: "compressed", read: null, next, file_events };
  }
  if (archived) {
    const file_events = [event("archived", known, archived.path), ...following];
    return { kind: "archived", read: continued(known, archived), next, file_events };
  }
  if (newest_of_thread) {
    const file_events = [event("recovered", known, newest_of_thread.path)];
    return { kind: "recovered", read: continued(known, newest_of_thread), next: null, file_events };
  }
  return { kind: "missing", read: null, next: null, file_events: [] };
}

/** A moved file goes on where it was left, unless its content is another one. */
function continued(known: KnownRollout, found: FoundRollout): RolloutDecision["read"] {
  const offset = known.last_line_offset !== null && holdsLastLine(known, found) ? known.offset : 0;
  return { path: found.path, offset, identity: identityOf(found) };
}

function holdsLastLine(known: KnownRollout, found: FoundRollout): boolean {
  if (known.offset > found.size) return false;
  return known.last_line_sha256 === null || known.last_line_sha256 === found.last_line_sha256;
}

function identityOf({ device, inode, size }: RolloutIdentity): RolloutIdentity {
  return { device, inode, size };
}

function event(kind: RolloutFileEventKind, known: KnownRollout, to: string): RolloutFileEvent {
  return { kind, from: known.path, to };
}

/**
 * The file at a path, with what its bytes hold where the last line read of the known one ought to be; null when there is
 * none. Throws `rollout_unreadable`.
 */
export function findRollout(known: KnownRollout, path: string): FoundRollout | null {
  const identity = identifyRollout(path);
  if (!identity) return null;
  const last_line_sha256 = known.last_line_offset === null ? null : hashLineAt(path, known.last_line_offset);
  return { path, ...identity, last_line_sha256 };
}
