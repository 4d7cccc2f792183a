import type { DriftReport } from "@conveyor/contracts";
import type { Pane } from "@conveyor/host";
import type { FastTx, lookups, ReadTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { sessionLives } from "../sessions/session-life.ts";
import type { CommandIdentity } from "../shared/immediate-command.ts";
import { panesOrNull } from "../shared/panes.ts";
import { roleLease, signsOfLife } from "../shared/role-lease.ts";
import { type InterruptedStart, interruptedStarts } from "./interrupted-starts.ts";

/** A closing command that has been at it for longer than this is not alive any more, in seconds: all it does is bounded. */
const CLOSING_DEAD_AFTER_SECONDS = 300;

/** An active session that is dead, with everything by which it was recognised. */
export type DriftingSession = DriftReport["dead_pid_sessions"][number] &
  Pick<lookups.SessionRow, "id" | "pid_started_at" | "tmux_session" | "tmux_pane_id">;

/** What in the ledger differs from this machine. */
export interface Drift {
  dead: DriftingSession[];
  stale_heartbeats: DriftReport["stale_heartbeat_sessions"];
  dangling: DriftReport["dangling_bindings"];
  stuck: DriftReport["stuck_tasks"];
  uncycled: DriftReport["uncycled_tasks"];
  closings: (DriftReport["interrupted_closings"][number] & { command: CommandIdentity | null })[];
  starts: InterruptedStart[];
}

/** Look for everything that reconcile tells (spec 01 §6.16). Changes nothing; where tmux may not be asked, nobody is dead. */
export async function findDrift(ctx: Ctx, stale_cycles_seconds: number): Promise<Drift> {
  const sessions = await ctx.store.read((tx) =>
    tx.db.sessions.findMany({ where: { state: "active", origin: { not: "legacy" } }, orderBy: { seq: "asc" } }),
  );
  const now = ctx.host.clock.now();
  const panes = await panesOrNull(ctx);
  const dead = await deadSessions(ctx, sessions, panes);
  const starts = await interruptedStarts(ctx, sessions, panes);
  return ctx.store.read(async (tx) => ({
    dead,
    stale_heartbeats: staleHeartbeats(tx, sessions, now),
    dangling: await danglingBindings(tx),
    ...(await slowTasks(tx, now, stale_cycles_seconds)),
    closings: await interruptedClosings(tx, now),
    starts,
  }));
}

async function deadSessions(
  ctx: Ctx,
  sessions: readonly lookups.SessionRow[],
  panes: readonly Pane[] | null,
): Promise<DriftingSession[]> {
  const watched = sessions.filter(({ liveness }) => liveness === "pid" || liveness === "tmux");
  const lives = await sessionLives(ctx, watched);
  return watched
    .filter(({ id }) => lives.get(id) === false)
    .map(({ id, name, role, pid, pid_started_at, tmux_session, tmux_pane_id, last_heartbeat_at }) => ({
      ...{ id, name, role, pid, pid_started_at, tmux_session, tmux_pane_id, last_heartbeat_at },
      tmux_missing: tmux_session !== null && panes !== null && !panes.some((pane) => pane.session === tmux_session),
    }));
}

function staleHeartbeats(tx: FastTx, sessions: readonly lookups.SessionRow[], now: Date): Drift["stale_heartbeats"] {
  const leased = sessions.filter(({ liveness }) => liveness === "heartbeat");
  const signs = signsOfLife(tx, leased);
  return leased.flatMap(({ id, name, role }) => {
    const lease = roleLease(signs.get(id) ?? null, now);
    if (lease.state === "healthy") return [];
    return [
      { name, role, lease: lease.state, last_heartbeat_at: lease.last_heartbeat_at, age_seconds: lease.age_seconds },
    ];
  });
}

/** Live bindings with a side that is gone, one row per such side. */
export async function danglingBindings(tx: ReadTx): Promise<Drift["dangling"]> {
  const rows = await tx.db.bindings.findMany({
    where: {
      state: { in: ["active", "ending"] },
      OR: [{ worker_session: { state: "gone" } }, { manager_session: { state: "gone" } }],
    },
    orderBy: { seq: "asc" },
    include: { task: true, worker_session: true, manager_session: true },
  });
  return rows.flatMap(({ id, task, worker_session, manager_session }) => {
    const sides = [
      { gone_role: "worker", session: worker_session },
      { gone_role: "manager", session: manager_session },
    ] as const;
    return sides.flatMap(({ gone_role, session }) =>
      session?.state === "gone"
        ? [{ binding_id: id, task_id: task.id, task_name: task.name, gone_role, gone_session_name: session.name }]
        : [],
    );
  });
}

/** Bound tasks that nobody has looked at for long: stuck when somebody once did, uncycled when nobody ever did. */
async function slowTasks(tx: ReadTx, now: Date, stale_seconds: number): Promise<Pick<Drift, "stuck" | "uncycled">> {
  const slow: Pick<Drift, "stuck" | "uncycled"> = { stuck: [], uncycled: [] };
  const bindings = await tx.db.bindings.findMany({
    where: { state: { in: ["active", "ending"] } },
    orderBy: { seq: "asc" },
    include: { task: { select: { name: true } } },
  });
  for (const { id: binding_id, task_id, task, created_at } of bindings) {
    const cycle = await tx.db.manager_cycles.findFirst({
      where: { task_id, completed_at: { not: null } },
      orderBy: [{ completed_seq: "desc" }, { seq: "desc" }],
      select: { completed_at: true },
    });
    const last_cycle_at = cycle?.completed_at ?? null;
    const age_seconds = ageOf(last_cycle_at ?? created_at, now);
    if (age_seconds <= stale_seconds) continue;
    const about = { task_name: task.name, binding_id, age_seconds };
    if (last_cycle_at === null) slow.uncycled.push({ ...about, bound_at: created_at });
    else slow.stuck.push({ ...about, last_cycle_at });
  }
  return slow;
}

async function interruptedClosings(tx: ReadTx, now: Date): Promise<Drift["closings"]> {
  const bindings = await tx.db.bindings.findMany({
    where: { state: "ending" },
    orderBy: { seq: "asc" },
    include: { task: true },
  });
  const closings: Drift["closings"] = [];
  for (const { id: binding_id, task, created_at } of bindings) {
    const command = await tx.db.commands.findFirst({
      where: { task_id: task.id, type: { in: ["finish_task", "stop_task"] }, state: "attempted" },
      orderBy: { seq: "desc" },
      select: { id: true, type: true, task_id: true, correlation_id: true, created_at: true },
    });
    const age_seconds = ageOf(command?.created_at ?? created_at, now);
    if (age_seconds < CLOSING_DEAD_AFTER_SECONDS) continue;
    const about = { binding_id, task_id: task.id, task_name: task.name, command_id: command?.id ?? null, age_seconds };
    closings.push({ ...about, command });
  }
  return closings;
}

function ageOf(time: string, now: Date): number {
  return Math.max(0, (now.getTime() - Date.parse(time)) / 1000);
}
