import { ConveyorError } from "@conveyor/contracts/errors";
import { OPEN_TASK_STATES } from "@conveyor/contracts/tasks/words";
import { autonomyRows, type FastTx, type lookups } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { commandLine, slot } from "../shared/command-line.ts";
import { resolveTask } from "../shared/references.ts";
import { roleLease, signsOfLife } from "../shared/role-lease.ts";
import { type DispatcherWish, dispatcherRowsOf, dispatchLease } from "./dispatch-lease.ts";
import type { PairSnapshot } from "./pair-status.ts";

/** A task with the two sessions of its binding. */
export interface BoundPair {
  task: lookups.TaskRow;
  is_closed: boolean;
  binding_id: string;
  /** `active`, `ending`, or how the binding of a closed task ended. */
  binding_state: string;
  manager: lookups.SessionRow;
  worker: lookups.SessionRow;
}

/**
 * The pair of an open task that is bound. Throws `not_found`, `ambiguous`, `no_active_binding`, and `terminal_state` when
 * the task is closed (spec 06 §6.2).
 */
export function openPair(ctx: Ctx, tx: FastTx, reference: string): BoundPair {
  const pair = openOrClosedPair(ctx, tx, reference);
  if (!pair.is_closed) return pair;
  throw closed(pair.task);
}

/**
 * The pair of a task; once it is closed, that of its last binding (spec 06 §6.2). Throws `not_found`, `ambiguous`,
 * `no_active_binding`, and `terminal_state` when the task was closed without ever having been bound.
 */
export function openOrClosedPair(ctx: Ctx, tx: FastTx, reference: string): BoundPair {
  const task = resolveTask(tx, reference);
  const is_closed = !(OPEN_TASK_STATES as readonly string[]).includes(task.state);
  const bound = is_closed ? autonomyRows.lastPair(tx, task.id) : autonomyRows.livePair(tx, task.id);
  if (bound === undefined) throw is_closed ? closed(task) : unbound(ctx, task);
  return { task, is_closed, ...bound };
}

/** How the pair stands at the instant of this transaction; `gone` are the dispatchers known not to run. */
export function snapshotOf(tx: FastTx, pair: BoundPair, wish: DispatcherWish, gone: ReadonlySet<string>): PairSnapshot {
  const now = new Date(tx.now);
  const { task, is_closed, manager, worker } = pair;
  const { dispatcher_id, stale_after_seconds } = wish;
  const signs = signsOfLife(tx, [manager, worker]);
  const role = (session: lookups.SessionRow) => ({
    session,
    lease: roleLease(signs.get(session.id) ?? null, now, stale_after_seconds),
  });
  return {
    task,
    is_closed,
    dispatcher_id,
    dispatch: dispatchLease(dispatcherRowsOf(tx, dispatcher_id), gone, wish, now),
    manager: role(manager),
    worker: role(worker),
  };
}

function closed(task: lookups.TaskRow): ConveyorError {
  return new ConveyorError("terminal_state", `task ${JSON.stringify(task.name)} is ${task.state}: its pair is closed`, {
    hint: "nothing is to be woken any more; end the heartbeats of its threads",
    details: { kind: "task", id: task.id, name: task.name, state: task.state },
  });
}

function unbound({ settings }: Ctx, task: lookups.TaskRow): ConveyorError {
  const bind = commandLine(settings, ["bind"], { task: task.name, worker: slot("worker"), manager: slot("manager") });
  return new ConveyorError("no_active_binding", `task ${JSON.stringify(task.name)} has no active binding`, {
    hint: `bind a worker and a manager session to it first: ${bind}`,
    details: { kind: "task", id: task.id, name: task.name, state: task.state },
  });
}
