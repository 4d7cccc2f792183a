import type {
  DispatcherNeed,
  DispatchLease,
  LeaseReasonCode,
  NextAction,
  PairLease,
  PairRole,
  PairStatus,
  Role,
} from "@conveyor/contracts";
import type { Program } from "../shared/command-line.ts";
import type { RoleLease } from "../shared/role-lease.ts";
import { type PairCommands, pairCommands } from "./prompts/commands.ts";

/** One role of a pair as it stands at one instant. */
export interface RoleSnapshot {
  session: {
    id: string;
    name: string;
    tmux_session: string | null;
    codex_app_thread_id: string | null;
    codex_app_thread_title: string | null;
  };
  lease: RoleLease;
}

/** Everything that is known of a pair at one instant. */
export interface PairSnapshot {
  task: { id: string; name: string };
  /** Whether the task is done or failed: then nothing is recommended any more. */
  is_closed: boolean;
  /** The dispatcher that was asked for, or null. */
  dispatcher_id: string | null;
  dispatch: DispatchLease;
  manager: RoleSnapshot;
  worker: RoleSnapshot;
}

/** The state of a pair, and what it needs (spec 06 §6.1.2). Pure. */
export function pairStatusOf(program: Program, snapshot: PairSnapshot): PairStatus {
  const { task, is_closed, dispatcher_id, dispatch } = snapshot;
  const commands = pairCommands(program, { task: task.name, dispatcher_id });
  const manager = roleOf(commands, "manager", snapshot.manager);
  const worker = roleOf(commands, "worker", snapshot.worker);
  const isHealthy = [dispatch, manager.lease, worker.lease].every(({ state }) => state === "healthy");
  return {
    ok: isHealthy && !is_closed,
    task: { id: task.id, name: task.name },
    dispatch,
    manager,
    worker,
    next_actions: is_closed ? [] : nextActions(commands, dispatch, { manager, worker }),
  };
}

/** What the dispatcher of a pair needs. Pure. */
export function dispatcherNeedOf(program: Program, { task, dispatch }: PairStatus): DispatcherNeed {
  const commands = pairCommands(program, { task: task.name, dispatcher_id: dispatch.dispatcher_id });
  return {
    state: dispatch.state,
    required: dispatch.state !== "healthy",
    command: commands.watch(dispatch.dispatcher_id),
  };
}

/** Which role, and how its lease stands. Pure. */
export function leaseReason(role: Role, { name, lease }: Pick<PairRole, "name" | "lease">): string {
  return `${role} ${name}: lease ${lease.state}${MORE[lease.state](lease)}`;
}

/** The same for programs. Pure. */
export function leaseCodeOf({ state, source }: Pick<PairLease, "state"> & { source?: string | null }): LeaseReasonCode {
  return state === "missing" && source === "registration" ? "registered_but_not_heard_of" : `lease_${state}`;
}

const MORE: Record<PairLease["state"], (lease: PairLease) => string> = {
  healthy: () => "",
  missing: ({ source }) => (source === "registration" ? ", registered but not heard of since" : ", never heard of"),
  stale: ({ stale_after_seconds }) => `, not heard of for more than ${stale_after_seconds} s`,
};

function roleOf(commands: PairCommands, role: Role, { session, lease }: RoleSnapshot): PairRole {
  const isTmux = session.tmux_session !== null;
  return {
    session_id: session.id,
    name: session.name,
    session_kind: isTmux ? "tmux" : session.codex_app_thread_id === null ? "no_tmux" : "codex_app",
    receive_style: isTmux ? "push" : "pull",
    codex_app_thread_id: session.codex_app_thread_id,
    codex_app_thread_title: session.codex_app_thread_title,
    lease: pairLease(lease),
    poll_command: commands.heartbeat(role),
    direct_inbox_command: commands.inbox(role),
  };
}

/**
 * The lease as a pair counts it. That somebody registered a thread does not say that the thread answers: such a lease
 * shows its source and age, and is `missing` until the first heartbeat (spec 03 §6.11). A time that
 * cannot be read is stale without an age.
 */
function pairLease(lease: RoleLease): PairLease {
  const age_seconds = Number.isNaN(lease.age_seconds) ? null : lease.age_seconds;
  return { ...lease, age_seconds, state: lease.source === "registration" ? "missing" : lease.state };
}

function nextActions(commands: PairCommands, dispatch: DispatchLease, roles: Record<Role, PairRole>): NextAction[] {
  const actions: NextAction[] = [];
  if (dispatch.state !== "healthy") {
    actions.push({
      kind: "start_dispatch",
      reason: dispatchReason(dispatch),
      reason_code: leaseCodeOf(dispatch),
      prompt: `Run ${commands.watch(dispatch.dispatcher_id)}`,
    });
  }
  for (const role of ["manager", "worker"] as const) {
    if (roles[role].lease.state === "healthy") continue;
    actions.push({
      kind: `wake_${role}`,
      role,
      reason: leaseReason(role, roles[role]),
      reason_code: leaseCodeOf(roles[role].lease),
      prompt: commands.heartbeat(role),
    });
  }
  return actions;
}

function dispatchReason({ dispatcher_id, state, stale_after_seconds }: DispatchLease): string {
  const more = state === "missing" ? "never seen" : `stopped, or not heard of for more than ${stale_after_seconds} s`;
  return `dispatcher ${dispatcher_id}: lease ${state}, ${more}`;
}
