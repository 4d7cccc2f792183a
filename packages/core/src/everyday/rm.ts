import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { OPEN_TASK_STATES } from "@conveyor/contracts/tasks/words";
import type { lookups } from "@conveyor/store";
import { unbind } from "../bindings/unbind.ts";
import type { Ctx } from "../ctx.ts";
import { cancelCommand } from "../dispatch/cancel-command.ts";
import { deregister } from "../sessions/deregister.ts";
import { giveUp } from "../tasks/give-up.ts";
import { stop } from "../terminals/stop.ts";
import { boundSession, findThing, nameOf, shownThing, type Thing, taskOfThing } from "./thing.ts";

type Removed = Pick<Output<"everyday.rm">, "done" | "kept">;

/**
 * End what Conveyor started and forget what it registered; terminals that it did not start stay (spec 10.3). Without `yes`
 * it only says, as the error `confirmation_required`, what would happen. Throws that, `not_found`, `ambiguous`,
 * `precondition_failed` for a run and for a command that has begun, and what the steps throw.
 */
export async function rm(ctx: Ctx, input: Input<"everyday.rm">): Promise<Output<"everyday.rm">> {
  const thing = await ctx.store.peek((tx) => findThing(tx, input.ref));
  if (thing.kind === "run") {
    throw new ConveyorError("precondition_failed", `${nameOf(thing)} ends with its task`, {
      hint: "name the task instead",
      details: { kind: "run", id: thing.row.id, task_id: thing.row.task_id },
    });
  }
  const sessions = await sessionsOf(ctx, thing);
  if (!input.yes) throw confirmationRequired(thing, sessions);
  return { about: shownThing(thing), ...(await remove(ctx, thing, sessions)) };
}

async function sessionsOf(ctx: Ctx, thing: Thing): Promise<lookups.SessionRow[]> {
  if (thing.kind === "session") return [thing.row];
  if (thing.kind !== "task") return [];
  return ctx.store.peek((tx) =>
    (["worker", "manager"] as const).flatMap((role) => boundSession(tx, thing.row.id, role) ?? []),
  );
}

/** Whether Conveyor started the terminal of a session, and so may end it. */
function isOurs({ origin, tmux_session, state }: lookups.SessionRow): boolean {
  return origin === "spawned" && tmux_session !== null && state === "active";
}

function confirmationRequired(thing: Thing, sessions: readonly lookups.SessionRow[]): ConveyorError {
  const parts = [
    thing.kind === "task" ? `${nameOf(thing)} is closed` : `${nameOf(thing)} is ended`,
    ...sessions.map((session) =>
      isOurs(session) ? `the terminal of ${session.name} is stopped` : `${session.name} is only forgotten`,
    ),
  ];
  return new ConveyorError("confirmation_required", parts.join("; "), {
    hint: "say yes with --yes",
    details: { about: shownThing(thing), sessions: sessions.map(({ name }) => name) },
  });
}

async function remove(
  ctx: Ctx,
  thing: Exclude<Thing, { kind: "run" }>,
  sessions: readonly lookups.SessionRow[],
): Promise<Removed> {
  const removed: Removed = { done: [], kept: [] };
  if (thing.kind === "command") {
    await cancelCommand(ctx, { command: thing.row.id });
    removed.done.push(`command ${thing.row.id} cancelled`);
    return removed;
  }
  if (thing.kind === "task") await closeTaskOf(ctx, thing.row, sessions, removed);
  for (const session of sessions) await forget(ctx, session, removed);
  return removed;
}

async function closeTaskOf(
  ctx: Ctx,
  task: lookups.TaskRow,
  sessions: readonly lookups.SessionRow[],
  removed: Removed,
): Promise<void> {
  if (!(OPEN_TASK_STATES as readonly string[]).includes(task.state)) {
    removed.kept.push(`task ${task.name} is ${task.state} already`);
    return;
  }
  const mayStop = (role: string) => sessions.some((session) => session.role === role && isOurs(session));
  const stopping = { worker: mayStop("worker"), manager: mayStop("manager") };
  await giveUp(ctx, task.id, { reason: "removed by the operator", stop: stopping });
  removed.done.push(`task ${task.name} closed`);
}

async function forget(ctx: Ctx, session: lookups.SessionRow, { done, kept }: Removed): Promise<void> {
  const { id, name, tmux_session } = session;
  const task_id = await ctx.store.peek((tx) => taskOfThing(tx, { kind: "session", row: session }));
  if (task_id !== null) {
    const { task } = await unbind(ctx, { task: task_id });
    done.push(`binding of task ${task} ended`);
  }
  if (isOurs(session)) {
    const { killed } = await stop(ctx, { name: id, message: undefined });
    if (killed) done.push(`terminal ${tmux_session} stopped`);
  } else if (tmux_session !== null && session.state === "active") {
    kept.push(`terminal ${tmux_session}: Conveyor did not start it`);
  }
  await deregister(ctx, { session: id });
  done.push(`session ${name} forgotten`);
}
