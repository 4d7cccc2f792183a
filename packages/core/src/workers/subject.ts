import { existsSync } from "node:fs";
import { ConveyorError } from "@conveyor/contracts/errors";
import { type Agent, type PaneTarget, STANDARD_KIND, type TypingTarget } from "@conveyor/host";
import type { Prisma, ReadTx } from "@conveyor/store";
import type { Ctx, HostCtx } from "../ctx.ts";
import { folderTerminal } from "../shared/party.ts";
import { resolveSession } from "../shared/references.ts";
import { typingTarget } from "../shared/typing/index.ts";
import { isWorkerName, WorkerFolder } from "../shared/worker-files.ts";
import { readConfig, type WorkerConfig } from "./config.ts";

type SessionRow = Prisma.sessionsGetPayload<object>;

/** Who a worker-name command is about: a worker folder, else a registered session of that name (spec 01 §7). */
export type WorkerSubject =
  | { kind: "folder"; name: string; folder: WorkerFolder; config: WorkerConfig }
  | { kind: "session"; name: string; session: SessionRow };

/** The folder of a worker, or null when there is none of this name. */
export function folderOf(state_root: string, name: string): WorkerFolder | null {
  if (!isWorkerName(name)) return null;
  const folder = new WorkerFolder(state_root, name);
  return folder.exists ? folder : null;
}

/** Find whom a name means. Throws `not_found`, naming both places that were looked at, and `ambiguous`. */
export async function findWorker(ctx: Ctx, name: string): Promise<WorkerSubject> {
  const folder = folderOf(ctx.settings.state_root, name);
  if (folder !== null) return { kind: "folder", name, folder, config: readConfig(folder) };
  // Looking for a session would make the ledger that there is none of.
  if (!existsSync(ctx.settings.ledger_path)) throw noWorker(ctx.settings.state_root, name);
  const session = await ctx.store.read((tx) => sessionOrNothing(tx, ctx, name));
  return { kind: "session", name: session.name, session };
}

async function sessionOrNothing(tx: ReadTx, ctx: Ctx, name: string): Promise<SessionRow> {
  try {
    return await resolveSession(tx, name);
  } catch (thrown) {
    if (thrown instanceof ConveyorError && thrown.code === "not_found") throw noWorker(ctx.settings.state_root, name);
    throw thrown;
  }
}

/** Neither a folder nor a session. */
export function noWorker(state_root: string, name: string): ConveyorError {
  return new ConveyorError(
    "not_found",
    `there is no worker ${JSON.stringify(name)}: no folder of that name in ${state_root} and no registered session`,
    {
      hint: "`conveyor list` shows worker folders, `conveyor sessions` shows sessions; `conveyor session-nudge` types to a session",
      details: { kind: "worker", reference: name, state_root },
    },
  );
}

/** Where text for the worker of a folder goes, and who must be there for it. */
export function typingTargetOf({ agents }: HostCtx, subject: Extract<WorkerSubject, { kind: "folder" }>): TypingTarget {
  const { tmux_session, tmux_pane_id, raw } = subject.config;
  const nobody = { agent_kind: STANDARD_KIND, pid: null, pid_started_at: null };
  return typingTarget(agents, { ...nobody, tmux_session, tmux_pane_id, ...folderTerminal(raw) });
}

/** The terminal that a worker was started in; null for a session that was registered without one. */
export function paneOfWorker(subject: WorkerSubject): PaneTarget | null {
  if (subject.kind === "folder") {
    const { tmux_session, tmux_pane_id, raw } = subject.config;
    return { session: tmux_session, pane_id: tmux_pane_id, socket_path: folderTerminal(raw).tmux_socket };
  }
  const { tmux_session, tmux_pane_id, tmux_socket } = subject.session;
  return tmux_session === null ? null : { session: tmux_session, pane_id: tmux_pane_id, socket_path: tmux_socket };
}

export function agentOfWorker({ agents }: HostCtx, subject: WorkerSubject): Agent {
  return agents.of(subject.kind === "folder" ? STANDARD_KIND : subject.session.agent_kind);
}

/** Where a worker's files are kept. A session whose name is no folder name has them under its id. */
export function filesOf(ctx: Pick<Ctx, "settings">, subject: WorkerSubject): WorkerFolder {
  if (subject.kind === "folder") return subject.folder;
  const name = isWorkerName(subject.name) ? subject.name : subject.session.id;
  return new WorkerFolder(ctx.settings.state_root, name);
}
