import type { Liveness, Role, Session, SessionOrigin } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { ProcessMark } from "@conveyor/host";
import { dispatchRows, lookups, type WriteTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { endHistoryHere } from "../shared/history-mark.ts";
import { liveBindingOfSession } from "../shared/references.ts";
import { sessionOf } from "./session-record.ts";

/** Everything that a registration states about a session; what is null was found not to be there. */
export interface SessionFacts {
  name: string;
  role: Role;
  agent_kind: string;
  origin: SessionOrigin;
  liveness: Liveness;
  pid: number | null;
  pid_started_at: string | null;
  cwd: string;
  codex_session_path: string | null;
  codex_session_id: string | null;
  tmux_session: string | null;
  tmux_pane_id: string | null;
  /** The socket of the tmux server that was asked; null when none could be. */
  tmux_socket?: string | null | undefined;
  /** Who has the pane's keyboard, when no process was named. */
  terminal_process?: ProcessMark | null | undefined;
  /** Undefined keeps what is stored. */
  codex_home?: string | undefined;
  /** Undefined keeps what is stored. */
  codex_app_thread_id?: string | undefined;
  codex_app_thread_title?: string | undefined;
  /**
   * When Conveyor began to start the session, for one that is new: its first turn may end before its rollout is found and
   * counts anyway (spec 03 §6.7, watermark). Default: now.
   */
  started_at?: string | undefined;
  /** The command that registers, when it is not a plain registration. */
  via?: "start-worker" | "start-manager" | "pair" | "run" | "create-disposable-binding" | undefined;
}

export interface UpsertedSession {
  session: Session;
  /** False when a session of this name was there before. */
  created: boolean;
  /** The live binding that already holds the session. */
  binding: Awaited<ReturnType<typeof liveBindingOfSession>>;
}

/**
 * Write a session: a new one, or the one of this name again with its id, token and first registration kept. It becomes
 * active, and its rollout is to be read from the beginning. Writes `session_registered`. Throws `conflict` when the
 * name belongs to the other role (spec 01 §6.4).
 */
export async function upsertSession(ctx: Ctx, tx: WriteTx, facts: SessionFacts): Promise<UpsertedSession> {
  const { name, role, via, started_at = tx.now, codex_app_thread_id, codex_app_thread_title, ...others } = facts;
  const { terminal_process = null, tmux_socket = null, ...replaced } = others;
  const before = await tx.db.sessions.findUnique({ where: { name } });
  if (before !== null && before.role !== role) {
    throw new ConveyorError("conflict", `${JSON.stringify(name)} is already registered as a ${before.role}`, {
      hint: "choose another name: a session never changes its role",
      details: { kind: "session", id: before.id, name, role: before.role },
    });
  }
  const data = {
    ...replaced,
    tmux_socket,
    terminal_pid: terminal_process?.pid ?? null,
    terminal_started_at: terminal_process?.started_at ?? null,
    host_id: ctx.host.host_id,
    codex_app_thread_id,
    codex_app_thread_title,
    state: "active",
    last_ingest_offset: null,
    seen_json: null,
    last_heartbeat_at: tx.now,
    last_heartbeat_source: "registration",
  };
  const row =
    before === null
      ? await tx.db.sessions.create({
          data: {
            ...data,
            id: ctx.host.ids.next("session"),
            seq: tx.seq(),
            name,
            role,
            identity_token: ctx.host.ids.next("session-token"),
            registered_at: started_at,
          },
        })
      : await tx.db.sessions.update({ where: { id: before.id }, data });
  // What stands in a rollout before it is first registered is nobody's finished turn.
  const is_first_rollout = before === null || before.codex_session_id !== facts.codex_session_id;
  if (is_first_rollout && before?.codex_session_id !== null) await endHistoryHere(tx, row.id, facts.started_at);
  if (before !== null) {
    await resetIngest(tx, row.id, facts.codex_session_path);
    lookups.touchTaskOf(tx, row.id);
  }
  // Its agent is back in a terminal: what waits in its inbox only because that was gone goes there after all.
  const has_terminal = facts.tmux_pane_id !== null && (facts.pid !== null || terminal_process !== null);
  const pushed_again = before !== null && has_terminal ? await dispatchRows.pushFallenBackAgain(tx, row.id) : 0;
  const session = sessionOf(row);
  const binding = await liveBindingOfSession(tx, session.id);
  tx.tell("session_registered", {
    task_id: binding?.task_id ?? null,
    session_id: session.id,
    attributes: {
      name,
      role,
      session_id: session.id,
      pid: session.pid,
      codex_session_id: session.codex_session_id,
      codex_app_thread_id: session.codex_app_thread_id,
      via,
      ...(pushed_again > 0 && { pushed_again }),
    },
    summary: `${role} ${name} registered`,
    correlation: { session_id: session.id, session: name, binding_id: binding?.id },
  });
  return { session, created: before === null, binding };
}

/**
 * Records already stored stay: their identity (thread and ordinal, or place in the file) keeps a second reading from
 * doubling them (spec 02 §4.2), which is why a file that was read before keeps its row. A rollout that is no longer the
 * session's is not read on.
 */
async function resetIngest(tx: WriteTx, session_id: string, path: string | null): Promise<void> {
  const changed = { updated_at: tx.now, updated_seq: tx.seq() };
  const known =
    path === null
      ? null
      : await tx.db.rollout_files.findFirst({
          where: { session_id, path },
          orderBy: [{ state: "asc" }, { seq: "desc" }],
        });
  await tx.db.rollout_files.updateMany({
    where: { session_id, state: "active", id: { not: known?.id } },
    data: { ...changed, state: "superseded" },
  });
  if (known === null) return;
  // Where reading had come to stays: that the session has no offset any more makes ingest begin anew, and by these it
  // sees whether the file still is what it was.
  await tx.db.rollout_files.update({ where: { id: known.id }, data: { ...changed, state: "active" } });
}
