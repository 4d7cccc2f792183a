import type { CycleView, SessionSnapshot } from "@conveyor/contracts";
import { type FastTx, lookups, schemaChecks, viewRows } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";
import { sessionLives } from "../../sessions/session-life.ts";
import { resolveTask } from "../../shared/references.ts";
import { cycleViewOf, secondsSince } from "./parts.ts";

type Row = viewRows.ViewRow;

/** Who works on a task, whether they live, and when it was looked at. */
export interface TaskNow {
  task: Row & { id: string; name: string; state: string };
  integrity_issues: string[];
  binding: Row | null;
  worker: SessionSnapshot | null;
  manager: SessionSnapshot | null;
  latest_cycle: CycleView | null;
  latest_cycle_age_seconds: number | null;
  latest_cycle_stale: boolean;
  /** Live sides of the binding whose session is gone. */
  dangling: {
    binding_id: string;
    task_id: string;
    task_name: string;
    gone_role: "worker" | "manager";
    gone_session_name: string;
  }[];
  stuck: { task_name: string; binding_id: string; last_cycle_at: string; age_seconds: number }[];
  /** Bound sessions that are known not to be alive. */
  dead: SessionSnapshot[];
  stale_sessions: number;
  schema_ok: boolean;
}

interface Asked {
  stale_cycles_seconds: number;
  worker_staleness_seconds?: number;
}

/** Gather them; whether a process lives is asked of the machine. Throws `not_found`, `ambiguous`. */
export async function taskFacts(ctx: Ctx, reference: string, asked: Asked): Promise<TaskNow> {
  const now = ctx.host.clock.now();
  const found = await ctx.store.peek((tx) => {
    const { id } = resolveTask(tx, reference);
    const task = viewRows.taskForView(tx, id) as TaskNow["task"];
    const binding = viewRows.bindingForView(tx, id) ?? null;
    const session = (of: unknown) => (typeof of === "string" ? lookups.sessionByNameOrId(tx, of) : undefined);
    const sessions = {
      worker: session(binding?.["worker_session_id"]),
      manager: session(binding?.["manager_session_id"]),
    };
    const [cycle] = viewRows.cyclesInScope(tx, { task_id: id }, "all", 1);
    return { task, binding, sessions, cycle, legacy: legacyParties(tx, binding), issues: issuesOf(tx, task, binding) };
  });
  const { task, binding, sessions, cycle } = found;
  const present = [sessions.worker, sessions.manager].filter((one) => one !== undefined);
  const lives = await sessionLives(ctx, present);
  const shown = (one: lookups.SessionRow | undefined, legacy: SessionSnapshot | null) =>
    one === undefined ? legacy : snapshotOf(one, lives.get(one.id) ?? null, now);
  const worker = shown(sessions.worker, found.legacy.worker);
  const manager = shown(sessions.manager, found.legacy.manager);
  const bound = [worker, manager].filter((one) => one !== null);
  const latest_cycle = cycle === undefined ? null : cycleViewOf(cycle, { named: false });
  const age = secondsSince(latest_cycle?.completed_at ?? latest_cycle?.started_at, now);
  const is_late = age !== null && age > asked.stale_cycles_seconds;
  const names = { binding_id: String(binding?.["id"]), task_id: task.id, task_name: task.name };
  const { worker_staleness_seconds } = asked;
  return {
    task,
    integrity_issues: found.issues,
    binding,
    worker,
    manager,
    latest_cycle,
    latest_cycle_age_seconds: age,
    latest_cycle_stale: is_late,
    dangling: present
      .filter(({ state }) => state === "gone")
      .map(({ role, name }) => ({ ...names, gone_role: role as "worker" | "manager", gone_session_name: name })),
    stuck:
      binding !== null && is_late && latest_cycle?.completed_at
        ? [
            {
              task_name: task.name,
              binding_id: names.binding_id,
              last_cycle_at: latest_cycle.completed_at,
              age_seconds: age,
            },
          ]
        : [],
    dead: bound.filter(({ alive, state }) => alive === false && state !== "gone"),
    stale_sessions: bound.filter(
      ({ heartbeat_age_seconds: silent }) => (silent ?? 0) > (worker_staleness_seconds ?? Number.POSITIVE_INFINITY),
    ).length,
    schema_ok: schemaChecks(ctx.store.handle).every(({ ok }) => ok),
  };
}

function snapshotOf(row: lookups.SessionRow, alive: boolean | null, now: Date): SessionSnapshot {
  const { id, name, role, state, pid, tmux_session, tmux_pane_id, cwd, registered_at, last_heartbeat_at } = row;
  return {
    ...{ id, name, role, state, pid, tmux_session, tmux_pane_id, cwd, registered_at, last_heartbeat_at, alive },
    heartbeat_age_seconds: secondsSince(last_heartbeat_at, now),
  };
}

function legacyParties(
  tx: FastTx,
  binding: Row | null,
): { worker: SessionSnapshot | null; manager: SessionSnapshot | null } {
  const party = (role: "worker" | "manager"): SessionSnapshot | null => {
    const id = binding?.[`${role}_id`];
    const row = typeof id === "string" ? viewRows.legacyParty(tx, role, id) : undefined;
    return row === undefined
      ? null
      : ({ ...row, pid: null, alive: null, heartbeat_age_seconds: null } as unknown as SessionSnapshot);
  };
  return { worker: party("worker"), manager: party("manager") };
}

function issuesOf(tx: FastTx, { id, state }: TaskNow["task"], binding: Row | null): string[] {
  const has = (role: "worker" | "manager") =>
    binding !== null && (binding[`${role}_session_id`] !== null || binding[`${role}_id`] !== null);
  const has_manager = has("manager") || viewRows.liveLegacyManager(tx, id);
  const is_closed = state === "done" || state === "failed";
  const checks: [holds: boolean, issue: string][] = [
    [state === "managed" && !has("worker"), "managed_without_active_worker_binding"],
    [state === "managed" && !has_manager, "managed_without_active_manager"],
    [is_closed && has_manager, "closed_task_has_active_manager"],
  ];
  return checks.filter(([holds]) => holds).map(([, issue]) => issue);
}
