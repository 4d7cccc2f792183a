import { readdirSync } from "node:fs";
import { join } from "node:path";
import { isMissing } from "../../../records/file.ts";
import { compareRolloutNames, parseRolloutName } from "./name.ts";

/** A calendar day as its folder names it, `yyyy/mm/dd`, in the local time of the machine. */
export type DayFolder = `${string}/${string}/${string}`;

/** The folders of `now`'s day and of the days before it, newest first, `count` in all (spec 01 §5.3, step 4). */
export function dayFolders(now: Date, count: number): DayFolder[] {
  return Array.from({ length: count }, (_, back) => {
    const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() - back);
    const two = (part: number) => String(part).padStart(2, "0");
    return `${day.getFullYear()}/${two(day.getMonth() + 1)}/${two(day.getDate())}` as const;
  });
}

/** Paths of the rollouts in the folder of one day, newest name first. A folder that is not there has none. */
export function rolloutsOfDay(sessions_root: string, day: DayFolder): string[] {
  return namesIn(join(sessions_root, day))
    .filter((name) => /^rollout-.*\.jsonl$/.test(name))
    .sort()
    .reverse()
    .map((name) => join(sessions_root, day, name));
}

/**
 * The newest rollout of a thread, by the time in its name, in the folders from `from_day` on (default: all).
 * Null when there is none. Reads names only.
 */
export function newestRolloutOfThread(sessions_root: string, thread_id: string, from_day?: DayFolder): string | null {
  const wanted = thread_id.toLowerCase();
  for (const day of daysOf(sessions_root)) {
    if (from_day !== undefined && day < from_day) break;
    let newest: string | null = null;
    for (const path of rolloutsOfDay(sessions_root, day)) {
      const name = parseRolloutName(path);
      if (name?.thread_id !== wanted) continue;
      const best = newest === null ? null : parseRolloutName(newest);
      if (best === null || compareRolloutNames(name, best) > 0) newest = path;
    }
    if (newest !== null) return newest;
  }
  return null;
}

/** Every day that has a folder, newest first; lazy, because the wanted one is nearly always among the newest. */
function* daysOf(sessions_root: string): Generator<DayFolder> {
  for (const year of numbersIn(sessions_root)) {
    for (const month of numbersIn(join(sessions_root, year))) {
      for (const day of numbersIn(join(sessions_root, year, month))) yield `${year}/${month}/${day}`;
    }
  }
}

function numbersIn(folder: string): string[] {
  return namesIn(folder)
    .filter((name) => /^\d{2,4}$/.test(name))
    .sort()
    .reverse();
}

/** Folders that are missing, or closed to us, hold nothing that we could follow. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (isMissing(error) || code === "EACCES" || code === "EPERM") return [];
    throw error;
  }
}
