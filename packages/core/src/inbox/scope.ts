import type { Role } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { OPEN_TASK_STATES } from "@conveyor/contracts/tasks/words";
import { dispatchRows, type FastTx, type inboxRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { commandLine } from "../shared/command-line.ts";
import { resolveSession, resolveTask } from "../shared/references.ts";

/** Whose inbox is meant, as it stands in one transaction. */
export interface OpenInbox {
  scope: inboxRows.InboxScope;
  session: { id: string; name: string; role: Role };
  task: { id: string; name: string } | undefined;
}

/** Finds the inbox anew in each transaction, because a binding may end while somebody waits. */
export type InboxFinder = (tx: FastTx) => OpenInbox;

/** Everything addressed to a session. Throws `not_found`, `ambiguous`. */
export async function sessionInbox(ctx: Ctx, reference: string): Promise<InboxFinder> {
  const { id, name, role } = await ctx.store.peek((tx) => resolveSession(tx, reference));
  const open: OpenInbox = {
    scope: { session_id: id, binding_id: null },
    session: { id, name, role: role as Role },
    task: undefined,
  };
  return () => open;
}

/**
 * What the live binding of a task sends to one of its roles. Throws `not_found`, `ambiguous`; the finder throws
 * `no_active_binding`, or `terminal_state` once the task is finished (spec 03 §7.6).
 */
export async function roleInbox(ctx: Ctx, reference: string, role: Role): Promise<InboxFinder> {
  const task = await ctx.store.peek((tx) => resolveTask(tx, reference));
  return (tx) => {
    const route = dispatchRows.routeOfTask(tx, task.id);
    const binding = route?.binding ?? null;
    if (binding === null) throw unbound(ctx, tx, { ...task, state: route?.task.state ?? task.state }, role);
    const { id, name } = binding[role];
    return {
      scope: { session_id: id, binding_id: binding.id },
      session: { id, name, role },
      task: { id: task.id, name: task.name },
    };
  };
}

function unbound(ctx: Ctx, tx: FastTx, task: { id: string; name: string; state: string }, role: Role): ConveyorError {
  const details = { kind: "task", id: task.id, state: task.state };
  if ((OPEN_TASK_STATES as readonly string[]).includes(task.state)) {
    return new ConveyorError("no_active_binding", `task ${task.name} has no active binding`, {
      hint: "bind a worker and a manager to it first",
      details,
    });
  }
  const last = dispatchRows.lastSessionOfTask(tx, task.id, role);
  const leftovers =
    last === undefined ? "" : `; what was left over is in \`${commandLine(ctx.settings, ["session-inbox", last])}\``;
  return new ConveyorError(
    "terminal_state",
    `task ${task.name} is ${task.state}: stop polling, nothing more will come`,
    {
      hint: `end here${leftovers}`,
      details,
    },
  );
}
