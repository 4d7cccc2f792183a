import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { lookups } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { endRunningTurn } from "../observation/interrupt.ts";
import { commandLine } from "../shared/command-line.ts";
import { identify, isSomebodyElse } from "../shared/identity.ts";
import type { Party } from "../shared/party.ts";
import { liveBindingOfSession } from "../shared/references.ts";
import { killIfRunning, killOwnTerminal, ownTerminal, sayFarewell } from "../shared/stop-terminal.ts";
import { appendWorkerEvent } from "../shared/worker-folder.ts";
import { terminalHolder } from "./holder.ts";

/**
 * Stop the terminal of one session or folder-based worker; one that does not run any more is only marked so (spec 01
 * §6.13). A live binding stays as it is and is pointed out. Throws `not_found`, `ambiguous`, `precondition_failed` for a
 * session without terminal and for a terminal that belongs to somebody else, and the codes of tmux. A turn that runs is
 * interrupted first; `turn_still_running` warns of one that goes on without the terminal.
 */
export async function stop(ctx: Ctx, input: Input<"terminals.stop">): Promise<Output<"terminals.stop">> {
  const party = await terminalHolder(ctx, input.name);
  const target = party.tmux_session;
  if (target === null) {
    throw new ConveyorError("precondition_failed", `session ${JSON.stringify(party.name)} has no terminal to stop`, {
      hint: "`conveyor deregister` marks it gone",
      details: { kind: "session", reason: "no_tmux", session: party.name },
    });
  }
  const identity = await identify(ctx, party);
  if (isSomebodyElse(identity)) {
    throw new ConveyorError(
      "precondition_failed",
      `tmux session ${target} is not the one that ${party.name} was registered with (${identity.mismatches.join(", ")})`,
      { hint: `register it again, or end the terminal by hand`, details: { identity } },
    );
  }
  const warnings: string[] = [];
  if (input.message !== undefined && !(await farewell(ctx, party, target, identity.live, input.message))) {
    warnings.push("message_not_delivered");
  }
  await recordStart(ctx, party, target);
  const is_own = identity.live && (await ownTerminal(ctx)) === target;
  // Its own turn is the one that stops it.
  if (identity.live && !is_own && (await endRunningTurn(ctx, party))) warnings.push("turn_still_running");
  const killed = identity.live && (is_own || (await killIfRunning(ctx, target, party.tmux_socket)));
  const held = await recordEnd(ctx, party, target, killed);
  if (held !== null) warnings.push("session_still_bound");
  if (is_own) await killOwnTerminal(ctx, target);
  return {
    name: party.name,
    kind: party.kind === "session" ? "session" : "worker",
    role: party.role,
    target,
    killed,
    state: party.kind === "session" ? "gone" : "stopped",
    bound_task: held?.task.name ?? null,
    follow_up_command:
      held === null
        ? null
        : commandLine(ctx.settings, ["finish-task", held.task.name], { [`stop_${party.role}`]: true }),
    warnings,
  };
}

async function farewell(ctx: Ctx, party: Party, target: string, live: boolean, message: string): Promise<boolean> {
  const delivered = live && (await sayFarewell(ctx, party, message));
  if (!delivered) return false;
  const facts = { role: party.role, target, text_length: message.length };
  if (party.kind === "session") {
    await ctx.store.fast((tx) =>
      tx.tell("session_stop_message", {
        session_id: party.id,
        attributes: { session: party.name, ...facts },
        summary: `last message typed to ${party.name}`,
        correlation: { session_id: party.id, session: party.name },
      }),
    );
  }
  const time = ctx.host.clock.iso();
  appendWorkerEvent(ctx.settings.state_root, party.name, { time, type: "stop_message", text_length: message.length });
  return true;
}

/** A crash between the kill and its record must show (architecture, side effects). */
async function recordStart(ctx: Ctx, party: Party, target: string): Promise<void> {
  await ctx.store.fast((tx) =>
    tx.tell("session_stop_started", {
      summary: `stopping the terminal of ${party.name}`,
      correlation: { session: party.name },
      attributes: { role: party.role, target },
    }),
  );
}

async function recordEnd(ctx: Ctx, party: Party, target: string, killed: boolean) {
  const held = await ctx.store.write(async (tx) => {
    if (party.kind !== "session") {
      const data = { state: "stopped", updated_at: tx.now, exit_detected_at: tx.now, exit_reason: "stop" };
      await tx.db.workers.updateMany({ where: { id: party.id }, data: { ...data, updated_seq: tx.seq() } });
      return null;
    }
    await tx.db.sessions.update({
      where: { id: party.id },
      data: { state: "gone", last_heartbeat_at: tx.now, last_heartbeat_source: null },
    });
    lookups.touchTaskOf(tx, party.id);
    const binding = await liveBindingOfSession(tx, party.id);
    tx.tell("session_stopped", {
      task_id: binding?.task_id ?? null,
      session_id: party.id,
      attributes: { session: party.name, role: party.role, target, killed_session: killed },
      summary: killed ? `terminal of ${party.name} stopped` : `terminal of ${party.name} was not running`,
      correlation: { session_id: party.id, session: party.name, binding_id: binding?.id ?? null },
    });
    return binding;
  });
  appendWorkerEvent(ctx.settings.state_root, party.name, {
    time: ctx.host.clock.iso(),
    type: "stop",
    killed_session: killed,
  });
  return held;
}
