import { statSync } from "node:fs";
import { readWhole } from "./read.ts";

/** Largest process number of any system we run on (Linux: 2^22). */
const LARGEST_PID = 2 ** 31 - 1;

/**
 * Whether a value from a file or a ledger can be the number of one process. Numbers below 1 mean groups of processes, or
 * all processes of the user, to whoever sends a signal.
 */
export function isPid(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= LARGEST_PID;
}

/** The fields of `/proc/<pid>/stat` that anything here asks for. */
export interface StatFields {
  state: string;
  parent_pid: number;
  group: number;
  /** -1 without terminal. */
  foreground_group: number;
  start_ticks: number;
}

/**
 * Fields 3, 4, 5, 8 and 22 of `/proc/<pid>/stat`; null when the text is not of that form. The program name before them may
 * itself contain blanks and brackets. Pure.
 */
export function statFields(stat: string): StatFields | null {
  const rest = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, parent, group, , , foreground] = rest;
  const ticks = rest[19];
  if (!state || parent === undefined || group === undefined || foreground === undefined || ticks === undefined) {
    return null;
  }
  return {
    state,
    parent_pid: Number(parent),
    group: Number(group),
    foreground_group: Number(foreground),
    start_ticks: Number(ticks),
  };
}

/** Whether a state in `/proc` is that of a process which has ended and only waits for its parent. */
export function hasEnded({ state }: Pick<StatFields, "state">): boolean {
  return state === "Z" || state === "X";
}

/** More than `/proc` says about any process. */
const MOST_STAT_BYTES = 64 * 1024;

/** What `/proc` says of a process and who owns it; undefined when it says nothing. */
function processEntry(pid: number): (StatFields & { uid: number }) | undefined {
  const owner = statSync(`/proc/${pid}`, { throwIfNoEntry: false });
  if (owner === undefined) return undefined;
  const read = readWhole(`/proc/${pid}/stat`, { most_bytes: MOST_STAT_BYTES });
  const fields = read.ok ? statFields(read.text) : null;
  return fields === null ? undefined : { ...fields, uid: owner.uid };
}

/**
 * A text that two processes with the same pid do not share: the start time in kernel ticks. Null when the process is
 * gone or the system does not tell it cheaply.
 */
export function processStartMark(pid: number): string | null {
  const ticks = processEntry(pid)?.start_ticks;
  return ticks === undefined ? null : String(ticks);
}

/** A process as it was recorded, so that a later one with its pid is told apart. */
export interface RecordedProcess {
  pid: number;
  /** See `processStartMark`. */
  pid_started_at: string | null;
}

/**
 * Whether the process that wrote the record still runs: one process of this user, with the start that was recorded, that
 * has not ended. A pid that went to another process counts as gone, and so does one that only waits for its parent.
 */
export function isProcessAlive({ pid, pid_started_at }: RecordedProcess): boolean {
  if (!isPid(pid)) return false;
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const entry = processEntry(pid);
  if (entry === undefined) return true;
  if (hasEnded(entry) || entry.uid !== process.geteuid?.()) return false;
  return pid_started_at === null || String(entry.start_ticks) === pid_started_at;
}
