import type { IngestReport } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { RecordMeta } from "@conveyor/host";
import { type FastTx, followThread, type ThreadSubject, threadSubject } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { commandLine } from "../shared/command-line.ts";
import { panesOrNull } from "../shared/panes.ts";

export type ThreadSwitch = NonNullable<IngestReport["thread_switch"]>;

/** A thread that a session seems to have gone on to, and what speaks for it. */
export interface FoundThread {
  thread_switch: ThreadSwitch;
  thread_switch_evidence: NonNullable<IngestReport["thread_switch_evidence"]>;
}

/**
 * The thread that the session's agent seems to have gone on to (spec 02 §5.5): begun by the user in the same folder after
 * the last record of the session's own, by the same process as far as that can be told, not another session's, and not
 * while the pane's title still names the session's own. The newest of several; null when there is none.
 */
export async function findThreadSwitch(ctx: Ctx, session_id: string): Promise<FoundThread | null> {
  const subject = await ctx.store.peek((tx) => threadSubject(tx, session_id));
  const silent_since = new Date(subject?.silent_since ?? "");
  if (subject?.path == null || Number.isNaN(silent_since.getTime())) return null;
  const { path, cwd } = subject;
  const { records } = ctx.agents.of(subject.agent_kind);
  if (records === null) return null;
  const found = records.begunSince(ctx.host, { path, cwd }, silent_since);
  const others = found.filter(
    ({ thread_id }) => thread_id !== subject.thread_id && !subject.taken_threads.has(thread_id),
  );
  if (others.length === 0) return null;
  const shows = records.shownThread(await paneTitle(ctx, subject), path);
  if (shows(subject.thread_id) === true) return null;
  const named = others.find(({ thread_id }) => shows(thread_id) === true);
  if (named !== undefined) return { thread_switch: switchTo(named), thread_switch_evidence: "title" };
  for (const meta of others) {
    if (shows(meta.thread_id) === false) continue;
    const evidence = await writerEvidence(ctx, subject, meta);
    if (evidence !== null) return { thread_switch: switchTo(meta), thread_switch_evidence: evidence };
  }
  return null;
}

function switchTo({ thread_id, path, timestamp }: RecordMeta): ThreadSwitch {
  return { thread_id, path, started_at: new Date(timestamp ?? "").toISOString() };
}

/** The title of the session's pane; null where there is none to be seen. */
async function paneTitle(ctx: Ctx, { tmux_session, tmux_pane_id }: ThreadSubject): Promise<string | null> {
  if (tmux_session === null) return null;
  const panes = (await panesOrNull(ctx)) ?? [];
  const own = panes.find(
    (pane) => pane.session === tmux_session && (tmux_pane_id === null ? pane.active : pane.pane_id === tmux_pane_id),
  );
  return own?.title ?? null;
}

/**
 * A thread that only a server speaks for, which writes those of several sessions, may be any of theirs. Throws `conflict`
 * for such a one.
 */
export function assertOwnThread(ctx: Ctx, session: { name: string; role: string }, found: FoundThread): void {
  if (found.thread_switch_evidence !== "server") return;
  const { thread_id, path } = found.thread_switch;
  const { name, role } = session;
  const flags = { name, codex_session: path };
  const again =
    role === "manager"
      ? commandLine(ctx.settings, ["register-manager"], flags)
      : commandLine(ctx.settings, ["register-worker"], flags);
  throw new ConveyorError(
    "conflict",
    `it cannot be told whether ${name} went on in thread ${thread_id}: one server writes the threads of several sessions, and no pane title names it`,
    {
      hint: `if it is this session's, register it with it: ${again}; sessions started with --no-daemon can be told apart`,
      details: { session: name, thread_id, path },
    },
  );
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
  tx.tell("session_thread_followed", {
    task_id: before.task_id,
    session_id,
    summary: `${before.session_name} follows the thread ${to.thread_id}`,
    correlation: { session: before.session_name, session_id },
    attributes: facts,
  });
  return before.path;
}

/**
 * What the processes that have the newer file open say: one in the tree of the session's pid, or the holder of its old
 * file too, as a server that serves several terminals is. Nobody holds it, or nobody can be seen: nothing is known. Null:
 * it is another's.
 */
async function writerEvidence(
  ctx: Ctx,
  subject: ThreadSubject,
  meta: RecordMeta,
): Promise<"process" | "server" | "none" | null> {
  const { processes } = ctx.host;
  try {
    const writers = await processes.holdersOf(meta.path);
    if (writers.length === 0 || subject.pid === null) return "none";
    const own = new Set([subject.pid, ...(await processes.descendants(subject.pid))]);
    if (writers.some((pid) => own.has(pid))) return "process";
    const old = await processes.holdersOf(subject.path ?? "");
    return writers.some((pid) => old.includes(pid)) ? "server" : null;
  } catch {
    return "none";
  }
}
