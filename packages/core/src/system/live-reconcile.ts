import type { HealthCheck, ManagerLivenessWarning, ReconciledTask } from "@conveyor/contracts";
import { LIVE_BINDING_STATES } from "@conveyor/contracts/bindings/entities";
import { OPEN_TASK_STATES } from "@conveyor/contracts/tasks/words";
import type { Pane } from "@conveyor/host";
import type { Prisma } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { commandLine } from "../shared/command-line.ts";
import { panesOrNull } from "../shared/panes.ts";

const LIVE_LEGACY_MANAGER_STATES = ["starting", "ready", "stopping"];
const MOST_COMMANDS_PER_TASK = 1000;

export interface LiveReconcile {
  check: HealthCheck;
  report: { ok: boolean; results: ReconciledTask[]; manager_liveness_warnings: ManagerLivenessWarning[] };
}

const everythingOfTask = {
  bindings: {
    where: { state: { in: [...LIVE_BINDING_STATES] } },
    include: { worker: true, manager: true, worker_session: true, manager_session: true },
  },
  managers: { where: { state: { in: LIVE_LEGACY_MANAGER_STATES } } },
  commands: {
    where: { state: { in: ["pending", "attempted"] } },
    orderBy: { seq: "asc" },
    take: MOST_COMMANDS_PER_TASK,
  },
} satisfies Prisma.tasksInclude;

type TaskWithAll = Prisma.tasksGetPayload<{ include: typeof everythingOfTask }>;

/** What the ledger says of an agent, whether it is a session or a record of the earlier tool. */
interface Recorded {
  id: string;
  name: string;
  state: string;
  pid: number | null;
  pid_started_at: string | null;
  tmux_session: string | null;
  tmux_pane_id: string | null;
  last_seen_at: string | null;
  last_capture_sha256: string | null;
}

/**
 * Compare open and bound tasks (with `all`: every task) with the processes and terminals of this machine (spec 07
 * §7.10.8). Changes nothing.
 */
export async function liveReconcile(
  ctx: Ctx,
  options: { manager_stale_seconds: number; all: boolean },
): Promise<LiveReconcile> {
  const tasks = await ctx.store.read((tx) =>
    tx.db.tasks.findMany({
      where: options.all
        ? {}
        : {
            OR: [
              { state: { in: [...OPEN_TASK_STATES] } },
              { bindings: { some: { state: { in: [...LIVE_BINDING_STATES] } } } },
            ],
          },
      orderBy: [{ name: "asc" }, { seq: "asc" }],
      include: everythingOfTask,
    }),
  );
  const panes = await panesOrNull(ctx);
  const now = ctx.host.clock.now();
  const results: ReconciledTask[] = [];
  const manager_liveness_warnings: ManagerLivenessWarning[] = [];
  for (const task of tasks) {
    const result = await reconcileTask(ctx, task, panes, now);
    results.push(result);
    const warning = managerWarning(ctx, result, options.manager_stale_seconds);
    if (warning !== undefined) manager_liveness_warnings.push(warning);
  }
  const drift_count = results.reduce((sum, { drift }) => sum + drift.length, 0);
  const unfinished_command_count = results.reduce((sum, result) => sum + result.unfinished_commands.length, 0);
  const ok = drift_count === 0 && unfinished_command_count === 0;
  return {
    check: {
      name: "live_reconcile",
      ok,
      task_count: results.length,
      drift_count,
      unfinished_command_count,
      manager_liveness_warning_count: manager_liveness_warnings.length,
    },
    report: { ok, results, manager_liveness_warnings },
  };
}

async function reconcileTask(ctx: Ctx, task: TaskWithAll, panes: Pane[] | null, now: Date): Promise<ReconciledTask> {
  const binding = task.bindings[0];
  const recordedWorker = binding?.worker ? ofLegacy(binding.worker) : ofSession(binding?.worker_session);
  const legacyManager = binding?.manager ?? task.managers[0];
  const recordedManager = legacyManager ? ofLegacy(legacyManager) : ofSession(binding?.manager_session);
  const worker = recordedWorker && (await look(ctx, recordedWorker, panes));
  const manager = recordedManager && {
    ...(await look(ctx, recordedManager, panes)),
    last_seen_at: recordedManager.last_seen_at,
    last_seen_age_seconds: ageSeconds(recordedManager.last_seen_at, now),
    last_capture_sha256: recordedManager.last_capture_sha256,
  };
  const unfinished_commands = task.commands.map((command) => ({
    id: command.id,
    task_id: command.task_id,
    worker_id: command.worker_id,
    manager_id: command.manager_id,
    type: command.type,
    state: command.state,
    created_at: command.created_at,
    updated_at: command.updated_at,
    claimed_by: command.claimed_by,
    attempts: command.attempts,
    error: command.error,
  }));
  const drift: ReconciledTask["drift"] = [];
  if (worker?.live === false) drift.push("worker_missing");
  if (manager?.live === false) drift.push("manager_missing");
  if (worker !== null && hasOtherPane(worker)) drift.push("worker_pane_mismatch");
  if (manager !== null && hasOtherPane(manager)) drift.push("manager_pane_mismatch");
  if (unfinished_commands.length > 0) drift.push("unfinished_commands");
  return { task: { id: task.id, name: task.name, state: task.state }, worker, manager, drift, unfinished_commands };
}

async function look(ctx: Ctx, recorded: Recorded, panes: Pane[] | null) {
  const { id, name, state, pid, pid_started_at, tmux_session, tmux_pane_id: recorded_pane_id } = recorded;
  const own = panes?.filter((pane) => pane.session === tmux_session) ?? [];
  const pane = own.find(({ pane_id }) => pane_id === recorded_pane_id) ?? own.find(({ active }) => active);
  return {
    id,
    name,
    state,
    live: await isLive(),
    pid,
    session: tmux_session,
    recorded_pane_id,
    tmux_pane_id: pane?.pane_id ?? null,
  };

  async function isLive(): Promise<boolean | null> {
    if (tmux_session !== null && panes !== null) return own.length > 0;
    return pid === null ? null : ctx.host.processes.isAlive(pid, pid_started_at);
  }
}

function hasOtherPane({
  recorded_pane_id,
  tmux_pane_id,
}: {
  recorded_pane_id: string | null;
  tmux_pane_id: string | null;
}) {
  return recorded_pane_id !== null && tmux_pane_id !== null && recorded_pane_id !== tmux_pane_id;
}

function managerWarning(
  { settings }: Ctx,
  { task, manager }: ReconciledTask,
  stale_seconds: number,
): ManagerLivenessWarning | undefined {
  if (manager === null) return undefined;
  const age_seconds = manager.last_seen_age_seconds;
  if (age_seconds !== null && age_seconds <= stale_seconds) return undefined;
  return {
    reason: age_seconds === null ? "manager_never_seen" : "manager_seen_stale",
    manager: manager.name,
    manager_id: manager.id,
    task: task.name,
    task_id: task.id,
    age_seconds,
    last_seen_at: manager.last_seen_at,
    stale_seconds,
    recommended_action: `look at the manager: ${commandLine(settings, ["open-manager", task.id])}`,
  };
}

function ofSession(session: Prisma.sessionsGetPayload<object> | null | undefined): Recorded | null {
  if (!session) return null;
  const { id, name, state, pid, pid_started_at, tmux_session, tmux_pane_id, last_heartbeat_at } = session;
  return {
    id,
    name,
    state,
    pid,
    pid_started_at,
    tmux_session,
    tmux_pane_id,
    last_seen_at: last_heartbeat_at,
    last_capture_sha256: null,
  };
}

function ofLegacy(record: {
  id: string;
  name: string;
  state: string;
  tmux_session: string;
  tmux_pane_id: string | null;
  last_seen_at: string | null;
  last_capture_sha256?: string | null;
}): Recorded {
  const { id, name, state, tmux_session, tmux_pane_id, last_seen_at, last_capture_sha256 = null } = record;
  return {
    id,
    name,
    state,
    pid: null,
    pid_started_at: null,
    tmux_session,
    tmux_pane_id,
    last_seen_at,
    last_capture_sha256,
  };
}

function ageSeconds(time: string | null, now: Date): number | null {
  return time === null ? null : Math.max(0, Math.floor((now.getTime() - Date.parse(time)) / 1000));
}
