import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { FoundRollout, KnownRollout, NewestRollout, RolloutSnapshot } from "../../../records/identity.ts";
import { findRollout } from "../../../records/identity.ts";
import type { DayFolder } from "./folders.ts";
import { newestRolloutOfThread } from "./folders.ts";
import { compareRolloutNames, parseRolloutName, sessionsRootOf } from "./name.ts";

/**
 * Look at the disk for everything that `decideRollout` wants to know. Reads names and one line per file found.
 * Throws `rollout_unreadable` when the file is there but closed to us.
 */
export function observeRollout(known: KnownRollout): RolloutSnapshot {
  const current = findRollout(known, known.path);
  const compressed = `${known.path}.zst`;
  const compressed_path = !current && existsSync(compressed) ? compressed : null;
  const newest_of_thread = newestOther(known, current !== null || compressed_path !== null);
  const archived = current ? null : findArchived(known);
  return { current, compressed_path, archived, newest_of_thread };
}

function findArchived(known: KnownRollout): FoundRollout | null {
  const root = sessionsRootOf(known.path);
  return root === null ? null : findRollout(known, join(dirname(root), "archived_sessions", basename(known.path)));
}

/** While the known file stands, only files of its own day or later can be newer, which spares the older folders. */
function newestOther(known: KnownRollout, is_present: boolean): NewestRollout | null {
  const root = sessionsRootOf(known.path);
  const name = parseRolloutName(known.path);
  const thread_id = known.thread_id ?? name?.thread_id;
  if (root === null || thread_id === undefined) return null;
  if (is_present && name === null) return null;
  const from_day = is_present && name ? (name.time.slice(0, 10).replaceAll("-", "/") as DayFolder) : undefined;
  const path = newestRolloutOfThread(root, thread_id, from_day);
  const found = path === null || path === known.path ? null : findRollout(known, path);
  return found === null ? null : { ...found, is_newer: isNewer(found.path, known.path) };
}

function isNewer(path: string, than: string): boolean {
  const [a, b] = [parseRolloutName(path), parseRolloutName(than)];
  return a !== null && b !== null && compareRolloutNames(a, b) > 0;
}
