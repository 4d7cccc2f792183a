import type { Input, Output, Role } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { type FastTx, inboxRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import type { Program } from "../shared/command-line.ts";
import { commandLine, slot } from "../shared/command-line.ts";
import { instancesGone, wishOf } from "./dispatch-lease.ts";
import { type BoundPair, openOrClosedPair, snapshotOf } from "./pair.ts";
import { pairStatusOf } from "./pair-status.ts";
import { pairCommands } from "./prompts/commands.ts";

type Answer = Output<"autonomy.heartbeat">;

/**
 * `app-heartbeat`: a role says that it lives, and is told what waits for it (spec 06 §6.2, spec 03 §4.8). Heartbeat, session
 * and telemetry are written, and the pair is looked at, in one transaction; the inbox stays as it is. For a closed task the
 * answer says that the pair is closed; nothing is recorded when the session is gone as well. Throws `not_found`,
 * `ambiguous`, `no_active_binding`, `terminal_state` (closed without ever having been bound), `precondition_failed` (the
 * session of this role is gone).
 */
export async function heartbeat(ctx: Ctx, input: Input<"autonomy.heartbeat">): Promise<Answer> {
  const { settings } = ctx;
  const { role } = input;
  const wish = wishOf(input);
  const gone = await instancesGone(ctx, wish.dispatcher_id);
  return ctx.store.fast((tx) => {
    const pair = openOrClosedPair(ctx, tx, input.task);
    const { task, is_closed } = pair;
    const isActive = pair[role].state === "active";
    if (!isActive && !is_closed) throw sessionGone(settings, pair, role);
    const commands = pairCommands(settings, { task: task.name, dispatcher_id: wish.dispatcher_id });
    if (isActive) record(tx, pair, role, commands.inbox(role));
    const inbox = inboxOf(tx, pair, role);
    return {
      task: { id: task.id, name: task.name },
      role,
      heartbeat: isActive ? { state: "recorded", recorded_at: tx.now } : { state: "not_recorded", recorded_at: null },
      inbox,
      next: is_closed ? null : { direct_inbox_command: commands.inbox(role), poll_command: commands.heartbeat(role) },
      loop_closed: is_closed,
      teardown: is_closed ? teardown(settings, pair, role, inbox.pending_count) : null,
      status: pairStatusOf(settings, snapshotOf(tx, pair, wish, gone)),
    };
  });
}

function record(tx: FastTx, { task, binding_id, ...roles }: BoundPair, role: Role, direct_inbox_command: string): void {
  const session_id = roles[role].id;
  const event_id = tx.tell("app_heartbeat", {
    actor: role,
    summary: `the ${role} of task ${task.name} lives`,
    task_id: task.id,
    correlation: { command: "app-heartbeat" },
    attributes: { direct_inbox_command, role, session_id, task: task.name },
  });
  inboxRows.recordRoleHeartbeat(tx, {
    session_id,
    role,
    task_id: task.id,
    binding_id,
    source: "app_heartbeat",
    event_id,
  });
}

/** What this binding still has for the role (spec 03 §13 item 11). */
function inboxOf(tx: FastTx, { binding_id, ...roles }: BoundPair, role: Role): Answer["inbox"] {
  const scope = { session_id: roles[role].id, binding_id };
  const [oldest] = inboxRows.listItems(tx, scope, 1);
  const since = oldest?.delivered_at ?? oldest?.created_at;
  return {
    pending_count: inboxRows.countItems(tx, scope),
    oldest_age_seconds:
      since === undefined ? null : Math.max(0, Math.floor((Date.parse(tx.now) - Date.parse(since)) / 1000)),
  };
}

const WHAT_TO_DO: Record<Role, string> = {
  manager: "Stop polling, end the heartbeats of both threads, and report that.",
  worker:
    "Stop polling, and report that the heartbeat of this thread can be ended; the manager or the operator ends it.",
};

function teardown(
  program: Program,
  pair: BoundPair,
  role: Role,
  pending_count: number,
): NonNullable<Answer["teardown"]> {
  const { task } = pair;
  const task_state = task.state as "done" | "failed";
  return {
    owner: "manager_or_operator",
    task_state,
    advice: `The task ${task.name} is ${task_state}: nothing more will come. ${WHAT_TO_DO[role]}`,
    leftovers_command:
      pending_count === 0
        ? null
        : commandLine(program, ["session-inbox", pair[role].name], { consume_next: true, json: true }),
  };
}

function sessionGone(program: Program, pair: BoundPair, role: Role): ConveyorError {
  const { id, name, state } = pair[role];
  const register = commandLine(program, [`register-${role}`], { name, codex_session: slot("rollout") });
  return new ConveyorError(
    "precondition_failed",
    `the ${role} ${JSON.stringify(name)} of task ${JSON.stringify(pair.task.name)} is ${state}, so it cannot be alive`,
    {
      hint: `register it again if it is: ${register}`,
      details: { kind: "session", id, name, role, state },
    },
  );
}
