import { join } from "node:path";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { DayFolder } from "./folders.ts";
import { rolloutsOfDay } from "./folders.ts";
import type { RolloutMeta } from "./meta.ts";
import { readRolloutMeta } from "./meta.ts";
import { parseRolloutName } from "./name.ts";

const MOST_FILES_LOOKED_AT = 2000;
const MOST_REASONS_KEPT = 20;

/** What a wanted rollout must be like; what is left out does not matter. */
export interface RolloutWish {
  /** Working directory, exactly as the agent wrote it. */
  cwd?: string | undefined;
  thread_id?: string | undefined;
  /** The thread must not have begun before this moment; a thread without readable time is not fresh. */
  not_before?: Date | undefined;
  /** Threads of sub-agents and reviews have files of their own; `user` leaves them out. */
  thread_source?: "user" | undefined;
  /** Files whose names tell that they were made before this moment are not even looked into. */
  made_after?: Date | undefined;
  /** Look into at most so many files, the newest ones. Default 2000. */
  most_files?: number | undefined;
}

export type PassedOverReason = "other_cwd" | "other_thread" | "not_fresh" | "other_source" | "no_rollout";

export interface RolloutScan {
  /** Newest name first. */
  found: RolloutMeta[];
  /** Why others did not count, for the message when nothing is found; at most 20. */
  passed_over: { path: string; reason: PassedOverReason }[];
}

/**
 * Look through the session folders of the given days for rollouts as wished (spec 01 §5.2 step 5, §5.3 step 4). Reads
 * the first line of at most 2000 files; files that are damaged or just beginning are passed over.
 */
export function scanRollouts(codex_home: string, days: readonly DayFolder[], wish: RolloutWish): RolloutScan {
  const root = join(codex_home, "sessions");
  const paths = days.flatMap((day) => rolloutsOfDay(root, day));
  const scan: RolloutScan = { found: [], passed_over: [] };
  const candidates = paths.filter((path) => mayBeThread(path, wish) && mayBeMadeAfter(path, wish));
  for (const path of candidates.slice(0, wish.most_files ?? MOST_FILES_LOOKED_AT)) {
    const meta = rolloutMetaOrNull(path);
    const reason = meta === null ? "no_rollout" : judgeRollout(meta, wish);
    if (meta !== null && reason === null) scan.found.push(meta);
    else if (reason !== null && scan.passed_over.length < MOST_REASONS_KEPT) scan.passed_over.push({ path, reason });
  }
  return scan;
}

/** Why a rollout is not the wished one, null when it is. Pure. */
export function judgeRollout(meta: RolloutMeta, wish: RolloutWish): PassedOverReason | null {
  if (wish.thread_id !== undefined && meta.thread_id !== wish.thread_id) return "other_thread";
  if (wish.cwd !== undefined && meta.cwd !== wish.cwd) return "other_cwd";
  if (wish.thread_source === "user" && (meta.thread_source ?? "user") !== "user") return "other_source";
  if (wish.not_before !== undefined && !(Date.parse(meta.timestamp ?? "") >= wish.not_before.getTime())) {
    return "not_fresh";
  }
  return null;
}

/** The name tells the thread, which spares opening the files of all others. */
function mayBeThread(path: string, wish: RolloutWish): boolean {
  const name = parseRolloutName(path);
  return wish.thread_id === undefined || name === null || name.thread_id === wish.thread_id.toLowerCase();
}

/** Names hold local time, which summer time sets back by an hour. */
const CLOCK_TOLERANCE_MS = 2 * 60 * 60 * 1000;

function mayBeMadeAfter(path: string, { made_after }: RolloutWish): boolean {
  const time = /^(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2})$/.exec(parseRolloutName(path)?.time ?? "");
  if (made_after === undefined || time === null) return true;
  const made_at = new Date(`${time[1]}T${time[2]}:${time[3]}:${time[4]}`).getTime();
  return !(made_at < made_after.getTime() - CLOCK_TOLERANCE_MS);
}

/** As `readRolloutMeta`; null for a file that cannot be read or is none. */
export function rolloutMetaOrNull(path: string): RolloutMeta | null {
  try {
    return readRolloutMeta(path);
  } catch (error) {
    if (error instanceof ConveyorError) return null;
    throw error;
  }
}
