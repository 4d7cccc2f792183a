import { dirname } from "node:path";
import type { IngestReport } from "@conveyor/contracts";
import { dayFolders, type RolloutMeta, readRolloutMeta, scanRollouts, sessionsRootOf } from "@conveyor/host";
import { type FastTx, followThread, type ThreadSubject, threadSubject } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";

export type ThreadSwitch = NonNullable<IngestReport["thread_switch"]>;

/** Newer files looked at; a folder in which so many threads began meanwhile tells nothing of this one. */
const MOST_FILES = 200;

/**
 * The thread that the session's agent seems to have gone on to (spec 02 §5.5): begun by the user in the same folder after
 * the last record of the session's own, by the same process as far as that can be told, and not another session's.
 * The newest of several; null when there is none. Looks at the folders of today and yesterday only, and there only at
 * files that were made after the thread fell silent.
 */
export async function findThreadSwitch(ctx: Ctx, session_id: string): Promise<ThreadSwitch | null> {
  const subject = await ctx.store.peek((tx) => threadSubject(tx, session_id));
  const root = subject?.path == null ? null : sessionsRootOf(subject.path);
  const silent_since = new Date(subject?.silent_since ?? "");
  if (subject?.path == null || root === null || Number.isNaN(silent_since.getTime())) return null;
  const { found } = scanRollouts(dirname(root), dayFolders(ctx.host.clock.now(), 2), {
    cwd: cwdOf(subject.path) ?? subject.cwd,
    thread_source: "user",
    not_before: silent_since,
    made_after: silent_since,
    most_files: MOST_FILES,
  });
  for (const meta of found) {
    if (meta.thread_id === subject.thread_id || subject.taken_threads.has(meta.thread_id)) continue;
    if (!(await mayBeSameWriter(ctx, subject, meta))) continue;
    const started_at = new Date(meta.timestamp ?? "").toISOString();
    return { thread_id: meta.thread_id, path: meta.path, started_at };
  }
  return null;
}

/**
 * Let the session go on with another thread, and record that it does. What was read of the old one stays. Returns the
 * path of the file that is left.
 */
export async function switchThread(ctx: Ctx, session_id: string, to: ThreadSwitch): Promise<string> {
  return ctx.store.fast((tx) => recordSwitch(tx, session_id, to));
}

function recordSwitch(tx: FastTx, session_id: string, to: ThreadSwitch): string {
  const before = threadSubject(tx, session_id);
  // Somebody else may have switched it since we looked.
  if (before?.path == null || before.thread_id === to.thread_id) return before?.path ?? to.path;
  followThread(tx, session_id, to);
  const facts = {
    session: before.session_name,
    from_thread_id: before.thread_id,
    from_path: before.path,
    thread_id: to.thread_id,
    path: to.path,
    started_at: to.started_at,
  };
  tx.audit({ type: "session_thread_followed", task_id: before.task_id, session_id, payload: facts });
  tx.telemetry({
    event_type: "session_thread_followed",
    task_id: before.task_id,
    summary: `${before.session_name} follows the thread ${to.thread_id}`,
    correlation: { session: before.session_name, session_id },
    attributes: facts,
  });
  return before.path;
}

function cwdOf(path: string): string | null {
  try {
    return readRolloutMeta(path).cwd;
  } catch {
    return null;
  }
}

/**
 * Whether the process that has the newer file open is the session's: in the tree of its pid, or the holder of its old
 * file too, as a server that serves several terminals is. Nobody holds it, or nobody can be seen: it cannot be told.
 */
async function mayBeSameWriter(ctx: Ctx, subject: ThreadSubject, meta: RolloutMeta): Promise<boolean> {
  const { processes } = ctx.host;
  try {
    const writers = await processes.holdersOf(meta.path);
    if (writers.length === 0 || subject.pid === null) return true;
    const own = new Set([subject.pid, ...(await processes.descendants(subject.pid))]);
    if (writers.some((pid) => own.has(pid))) return true;
    const old = await processes.holdersOf(subject.path ?? "");
    return writers.some((pid) => old.includes(pid));
  } catch {
    return true;
  }
}
