import { ConveyorError } from "@conveyor/contracts/errors";
import type { lookups, ReadTx } from "@conveyor/store";
import { liveBindingOf, resolveSessionOfRole, resolveTask } from "../shared/references.ts";

/** Who is to work in a slot, as it was given. */
export interface NamedWorker {
  session_id?: string | undefined;
  thread_id?: string | undefined;
  thread_title?: string | undefined;
  task?: string | undefined;
}

/** The columns of a slot that this fills; undefined leaves what is there. */
export interface SlotWorker {
  session_id: string | undefined;
  codex_app_thread_id: string | undefined;
  codex_app_thread_title: string | undefined;
  task_id: string | undefined;
}

/**
 * Who works in a slot from now on. Without a thread given the session's own is taken where the slot has none; without a
 * session given, that of the task's worker. Throws `not_found`, `ambiguous`, `precondition_failed` for a session that is no
 * worker or not the task's, and `no_active_binding` for a task without a worker.
 */
export async function slotWorker(tx: ReadTx, named: NamedWorker, thread_now: string | null): Promise<SlotWorker> {
  const given = named.session_id === undefined ? undefined : resolveSessionOfRole(tx, named.session_id, "worker");
  const task = named.task === undefined ? undefined : await taskWorker(tx, named.task);
  if (given !== undefined && task !== undefined && given.id !== task.worker.id) {
    throw new ConveyorError(
      "precondition_failed",
      `session ${JSON.stringify(given.name)} is not the worker of task ${JSON.stringify(task.name)}`,
      {
        hint: "leave --session-id out: the slot takes the worker of the task",
        details: { session_id: given.id, task_id: task.id },
      },
    );
  }
  const session = given ?? task?.worker;
  return {
    session_id: session?.id,
    codex_app_thread_id: named.thread_id ?? (thread_now === null ? threadOf(session) : undefined),
    codex_app_thread_title: named.thread_title ?? (thread_now === null ? titleOf(session) : undefined),
    task_id: task?.id,
  };
}

async function taskWorker(tx: ReadTx, reference: string) {
  const task = resolveTask(tx, reference);
  const binding = await liveBindingOf(tx, task.id);
  if (binding?.worker_session) return { id: task.id, name: task.name, worker: binding.worker_session };
  throw new ConveyorError(
    "no_active_binding",
    `task ${JSON.stringify(task.name)} has no worker that a slot could stand for`,
    {
      hint: "bind a worker and a manager to it with `conveyor bind` first",
      details: { task_id: task.id },
    },
  );
}

type Threaded = Pick<lookups.SessionRow, "codex_app_thread_id" | "codex_app_thread_title" | "codex_session_id">;

/** An app thread, else the thread of an agent in a terminal. */
function threadOf(session: Threaded | undefined): string | undefined {
  return session?.codex_app_thread_id ?? session?.codex_session_id ?? undefined;
}

function titleOf(session: Threaded | undefined): string | undefined {
  return session?.codex_app_thread_title ?? undefined;
}
