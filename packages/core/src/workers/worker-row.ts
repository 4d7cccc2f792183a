import { ConveyorError } from "@conveyor/contracts/errors";
import type { ReadTx, WriteTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { type ReportedStatus, stateOf } from "./config.ts";
import type { WorkerSubject } from "./subject.ts";

/** States that a worker row may have (spec 01 §2). */
const WORKER_ROW_STATES = ["candidate", "active", "stopped", "missing", "failed"] as const;
export type WorkerRowState = (typeof WORKER_ROW_STATES)[number];

/** The state if it is one, else null. */
export function workerRowState(value: string | null): WorkerRowState | null {
  return WORKER_ROW_STATES.find((state) => state === value) ?? null;
}

/** What is stored of a worker. Null keeps what is stored, where something is. */
export interface WorkerFacts {
  name: string;
  tmux_session: string;
  tmux_pane_id: string | null;
  identity_token: string | null;
  cwd: string;
  /** Null: a new row is a candidate, an old one stays as it is. */
  state: WorkerRowState | null;
}

/** Write the row of a worker by its name, made when it is missing. Throws `conflict` when its terminal or token is another's. */
export async function upsertWorkerRow(ctx: Pick<Ctx, "host">, tx: WriteTx, facts: WorkerFacts) {
  const { name, tmux_session, tmux_pane_id, identity_token, cwd, state } = facts;
  const before = await tx.db.workers.findUnique({ where: { name } });
  await assertUnclaimed(tx, facts);
  if (before === null) {
    const seq = tx.seq();
    return tx.db.workers.create({
      data: {
        id: ctx.host.ids.next("worker"),
        seq,
        updated_seq: seq,
        name,
        tmux_session,
        tmux_pane_id,
        identity_token: identity_token ?? ctx.host.ids.next("workerctl"),
        cwd,
        state: state ?? "candidate",
        created_at: tx.now,
        updated_at: tx.now,
      },
    });
  }
  return tx.db.workers.update({
    where: { id: before.id },
    data: {
      tmux_session,
      tmux_pane_id: tmux_pane_id ?? before.tmux_pane_id,
      identity_token: identity_token ?? before.identity_token,
      cwd: cwd === "" ? before.cwd : cwd,
      state: state ?? before.state,
      updated_at: tx.now,
      updated_seq: tx.seq(),
    },
  });
}

async function assertUnclaimed(tx: ReadTx, { name, tmux_session, identity_token }: WorkerFacts): Promise<void> {
  const other = await tx.db.workers.findFirst({
    where: {
      name: { not: name },
      OR: [{ tmux_session }, ...(identity_token === null ? [] : [{ identity_token }])],
    },
  });
  if (other === null) return;
  const shared = other.tmux_session === tmux_session ? `tmux session ${tmux_session}` : "identity token";
  throw new ConveyorError("conflict", `worker ${name} names the ${shared} of worker ${other.name}`, {
    hint: `correct config.json of ${name}, or remove its folder`,
    details: { kind: "worker", name, other: other.name },
  });
}

/** The row of the worker that a command is about; a session gets one when something of it is stored (spec 02 §8.6). */
export async function workerRowOf(ctx: Pick<Ctx, "host">, tx: WriteTx, subject: WorkerSubject) {
  if (subject.kind === "folder") {
    const { tmux_session, tmux_pane_id, identity_token, cwd, state } = subject.config;
    return upsertWorkerRow(ctx, tx, {
      name: subject.name,
      tmux_session,
      tmux_pane_id,
      identity_token,
      cwd,
      state:
        (await tx.db.workers.findUnique({ where: { name: subject.name } })) === null ? workerRowState(state) : null,
    });
  }
  const { name, tmux_session, tmux_pane_id, cwd } = subject.session;
  return upsertWorkerRow(ctx, tx, {
    name,
    tmux_session: tmux_session ?? `none:${subject.session.id}`,
    tmux_pane_id,
    identity_token: null,
    cwd,
    state: "active",
  });
}

/** What a worker last said of itself according to the ledger; null when it holds nothing (spec 02 §8.7). */
export async function latestStatus(
  tx: ReadTx,
  subject: WorkerSubject,
): Promise<(ReportedStatus & { created_at: string }) | null> {
  const whose = subject.kind === "session" ? { session_id: subject.session.id } : { worker: { name: subject.name } };
  const row = await tx.db.statuses.findFirst({ where: whose, orderBy: { seq: "desc" } });
  return row === null ? null : statusOfRow(row);
}

export function statusOfRow(row: {
  state: string;
  current_task: string | null;
  next_action: string | null;
  blocker: string | null;
  created_at: string;
}): ReportedStatus & { created_at: string } {
  const { current_task, next_action, blocker, created_at } = row;
  return { state: stateOf(row.state), current_task, next_action, blocker, last_update: created_at, created_at };
}
