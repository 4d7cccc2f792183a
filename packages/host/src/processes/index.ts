import { existsSync } from "node:fs";
import { realpath } from "node:fs/promises";
import type { Env } from "@conveyor/contracts/env";
import { ConveyorError } from "@conveyor/contracts/errors";
import { isPid } from "@conveyor/files";
import { DEFAULT_TIME_LIMIT_MS } from "../exec.ts";
import { findExecutable } from "./executables.ts";
import { procfsTable } from "./procfs.ts";
import type { ProcessEntry, ProcessTable } from "./table.ts";
import { unixToolsTable } from "./unix-tools.ts";

/**
 * How far two readings of one process's start may lie apart: `ps` knows whole seconds, and Linux derives the time from a
 * boot time in whole seconds. A pid is never used again that soon.
 */
const START_TOLERANCE_MS = 2_000;

export interface ProcessesOptions {
  env?: Env | undefined;
  /** Limit of each look at the system, default 5 s (spec 01 §5.2). */
  time_limit_ms?: number | undefined;
  /** Default: `/proc` where there is one, else `ps` and `lsof`. */
  source?: "procfs" | "unix-tools" | undefined;
}

/** A process with its program and arguments. */
export interface ProcessInTree extends ProcessEntry {
  argv: string[];
}

/** The processes of this machine. Calls that need `ps` or `lsof` may throw `tool_missing`, `host_denied` and `timeout`. */
export interface Processes {
  /**
   * Whether the process lives (spec 01 §5.6). With `pid_started_at` also whether it is still the same one and not another
   * that got its pid. A process that may not be signalled lives; one that has ended and only waits for its parent does not.
   */
  isAlive(pid: number, pid_started_at?: string | null): Promise<boolean>;
  /** When the process started, UTC ISO-8601 with three fraction digits; null when there is none or it cannot be read. */
  startTime(pid: number): Promise<string | null>;
  /** Children, their children and so on, nearest first, without `pid` itself. */
  descendants(pid: number): Promise<number[]>;
  /** `pid` and its descendants as they are now, `pid` first, then nearest first; those that end meanwhile are left out. */
  tree(pid: number): Promise<ProcessInTree[]>;
  /** Absolute paths that the process has open; empty when there is no such process or it may not be read. */
  openFiles(pid: number): Promise<string[]>;
  /** Processes that have the file open; of other users' processes only those that may be read. */
  holdersOf(path: string): Promise<number[]>;
  /** The process's working directory; null when there is no such process or it may not be read. */
  workingDirectory(pid: number): Promise<string | null>;
  /**
   * Send a signal to one process, and only while it is proven to be the recorded one: alive, of this user, started when it
   * was recorded to have been. False when it has ended or its pid went to another. Throws `host_denied` when its start
   * cannot be read or it belongs to another user: nothing then proves who would be hit.
   */
  signal(pid: number, pid_started_at: string | null, signal: NodeJS.Signals): Promise<boolean>;
  /** Absolute path of a program, looked up in `path` (default: PATH of the environment); null when there is none. */
  findExecutable(name: string, path?: string): Promise<string | null>;
}

export function createProcesses(options: ProcessesOptions = {}): Processes {
  const env = options.env ?? process.env;
  const time_limit_ms = options.time_limit_ms ?? DEFAULT_TIME_LIMIT_MS;
  const source = options.source ?? (existsSync("/proc/self/stat") ? "procfs" : "unix-tools");
  const table: ProcessTable =
    source === "procfs" ? procfsTable({ time_limit_ms }) : unixToolsTable({ time_limit_ms, env });

  async function isAlive(pid: number, pid_started_at?: string | null): Promise<boolean> {
    if (!isPid(pid) || !answersSignal(pid)) return false;
    const entry = await table.entry(pid);
    // It answered, but tells nothing about itself: another user's process on a machine that hides those.
    if (entry === null) return answersSignal(pid);
    return !entry.zombie && isSameStart(entry.started_at, pid_started_at ?? null);
  }

  return {
    isAlive,
    async signal(pid, pid_started_at, signal) {
      if (!isPid(pid) || !(await isAlive(pid, pid_started_at))) return false;
      const entry = await table.entry(pid);
      if (pid_started_at === null || entry === null || entry.started_at === null) {
        throw unproven(pid, "its start time cannot be read");
      }
      if (entry.user_id !== process.geteuid?.()) throw unproven(pid, "it belongs to another user");
      try {
        process.kill(pid, signal);
        return true;
      } catch (thrown) {
        if ((thrown as NodeJS.ErrnoException).code === "ESRCH") return false;
        throw unproven(pid, "it belongs to another user", thrown);
      }
    },
    startTime: async (pid) => (isPid(pid) ? ((await table.entry(pid))?.started_at ?? null) : null),
    descendants: async (pid) => breadthFirst(pid, await table.parents()),
    async tree(pid) {
      const pids = [pid, ...breadthFirst(pid, await table.parents())];
      const found = await Promise.all(
        pids.map(async (one) => {
          const entry = await table.entry(one);
          return entry === null ? [] : [{ ...entry, argv: await table.argv(one) }];
        }),
      );
      return found.flat();
    },
    openFiles: async (pid) => (isPid(pid) ? table.openFiles(pid) : []),
    async holdersOf(path) {
      const resolved = await realpath(path).catch(() => null);
      return resolved === null ? [] : table.holdersOf(resolved);
    },
    workingDirectory: async (pid) => (isPid(pid) ? table.workingDirectory(pid) : null),
    findExecutable: (name, path) => findExecutable(name, path ?? env["PATH"]),
  };
}

function unproven(pid: number, reason: string, cause?: unknown): ConveyorError {
  return new ConveyorError("host_denied", `process ${pid} is sent no signal: ${reason}`, {
    hint: `look at it, and end it yourself: kill ${pid}`,
    details: { pid },
    cause,
  });
}

function answersSignal(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Whether two readings of a start mean one process; without one of them only the pid can be compared. */
export function isSameStart(actual: string | null, recorded: string | null): boolean {
  if (recorded === null || actual === null) return true;
  const recordedMs = Date.parse(recorded);
  if (Number.isNaN(recordedMs)) throw new ConveyorError("invalid_input", `not a point in time: ${recorded}`);
  return Math.abs(Date.parse(actual) - recordedMs) <= START_TOLERANCE_MS;
}

/** Descendants of `root` in a table of parents, nearest first, siblings by pid. */
export function breadthFirst(root: number, parents: ReadonlyMap<number, number>): number[] {
  const children = new Map<number, number[]>();
  for (const [pid, parent] of [...parents].sort(([a], [b]) => a - b)) {
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const seen = new Set([root]);
  // A set hands out what is added while it is walked, which makes it the queue.
  for (const pid of seen) for (const child of children.get(pid) ?? []) seen.add(child);
  seen.delete(root);
  return [...seen];
}
