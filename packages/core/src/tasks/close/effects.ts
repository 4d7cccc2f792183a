import type { Role } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { Ctx } from "../../ctx.ts";
import { endRunningTurn } from "../../observation/interrupt.ts";
import { identify, isSomebodyElse } from "../../shared/identity.ts";
import { killIfRunning, killOwnTerminal, ownTerminal, sayFarewell } from "../../shared/stop-terminal.ts";
import { captureFailureOf } from "../../transcripts/capture.ts";
import { captureParty } from "../../transcripts/capture-party.ts";
import { isStopped } from "./intent.ts";
import { type ClosePlan, type Effects, type Intent, ROLES } from "./plan.ts";

/** What has happened before anything happened. */
export function noEffects(): Effects {
  return {
    identities: { worker: null, manager: null },
    killed: new Set(),
    ended: new Set(),
    captures: [],
    warnings: [],
  };
}

/**
 * Everything outside the ledger, in the order of spec 01 §6.14: recognise whom to stop, capture what the terminals show,
 * send the worker a last message, end the terminals. `effects` says at any moment how far it came. Throws
 * `side_effect_failed` and the codes of tmux; until the first kill nothing has changed then.
 */
export async function touchTerminals(ctx: Ctx, plan: ClosePlan, intent: Intent, effects: Effects): Promise<void> {
  const roles = ROLES.filter((role) => isStopped(plan, intent, role));
  for (const role of roles) await recognise(ctx, intent, effects, role);
  await capture(ctx, plan, intent, effects, roles);
  await farewell(ctx, plan, intent, effects);
  const own = await ownTerminal(ctx);
  for (const role of roles) {
    const { tmux_session: session = null, tmux_socket = null } = intent.parties[role] ?? {};
    if (session === null) continue;
    effects.ended.add(role);
    if (effects.identities[role]?.live !== true) continue;
    const party = intent.parties[role];
    // Its own turn is the one that closes the task.
    const runs_on = session !== own && party !== null && (await endRunningTurn(ctx, party));
    if (runs_on) effects.warnings.push(`${role}_turn_still_running`);
    // The caller's own terminal must not go before the outcome is stored; see stopOwnTerminal.
    if (session === own || (await killIfRunning(ctx, session, tmux_socket))) effects.killed.add(role);
  }
}

/** End the terminal that this very process runs in, when it was to be stopped: the last thing that it does. */
export async function stopOwnTerminal(ctx: Ctx, plan: ClosePlan, intent: Intent): Promise<void> {
  const own = await ownTerminal(ctx);
  if (own === null) return;
  const is_mine = ROLES.some((role) => isStopped(plan, intent, role) && intent.parties[role]?.tmux_session === own);
  if (is_mine) await killOwnTerminal(ctx, own);
}

async function recognise(ctx: Ctx, { parties, task, command }: Intent, effects: Effects, role: Role): Promise<void> {
  const party = parties[role];
  if (party === null) return;
  const identity = await identify(ctx, party);
  effects.identities[role] = identity;
  if (isSomebodyElse(identity)) {
    throw new ConveyorError(
      "side_effect_failed",
      `the tmux session ${identity.db_session} is not the one that ${party.name} was registered with (${identity.mismatches.join(", ")}); it was not stopped`,
      { hint: `register ${party.name} again, or close its terminal by hand`, details: { identity } },
    );
  }
  await ctx.store.write(async (tx) => {
    tx.tell(role === "worker" ? "worker_identity_verified" : "manager_identity_verified", {
      task_id: task.id,
      session_id: party.kind === "session" ? party.id : null,
      command_id: command.id,
      attributes: identity,
      summary: `${party.name} is what it was registered as`,
      correlation: { command_id: command.id },
    });
  });
}

/** Cleaning up without stopping anybody captures both sides: else there would be nothing to do. */
function capturedRoles(intent: Intent, stopped: readonly Role[]): readonly Role[] {
  if (stopped.length > 0 || !intent.followup) return stopped;
  return ROLES.filter((role) => intent.parties[role]?.tmux_session != null);
}

async function capture(
  ctx: Ctx,
  plan: ClosePlan,
  intent: Intent,
  effects: Effects,
  stopped: readonly Role[],
): Promise<void> {
  if (plan.capture === null) return;
  const { lines, mode, required } = plan.capture;
  const without: string[] = [];
  for (const role of capturedRoles(intent, stopped)) {
    const party = intent.parties[role];
    if (party === null) continue;
    try {
      const { task, binding_id, command } = intent;
      const source = "finish_task_pre_stop" as const;
      const request = { task, binding_id, party, mode, lines, source, command_id: command.id, include_content: false };
      const { capture, is_blank } = await captureParty(ctx, request);
      effects.captures.push(capture);
      if (is_blank) without.push(`${role} ${party.name} shows no text`);
    } catch (thrown) {
      const failure = captureFailureOf(role, thrown);
      effects.captures.push(failure);
      without.push(failure.error);
    }
  }
  await ctx.store.write(async (tx) => {
    tx.tell("finish_task_pre_stop_transcript_captured", {
      task_id: intent.task.id,
      command_id: intent.command.id,
      attributes: { captures: effects.captures, lines, mode },
      summary: `${effects.captures.length} terminals of ${intent.task.name} captured before they are stopped`,
      correlation: { command_id: intent.command.id },
    });
  });
  if (!required || without.length === 0) return;
  throw new ConveyorError("side_effect_failed", `no transcript before the stop: ${without.join("; ")}`, {
    hint: "look at the terminal, or leave --require-transcript-segment away",
    details: { captures: effects.captures },
  });
}

async function farewell(ctx: Ctx, plan: ClosePlan, intent: Intent, effects: Effects): Promise<void> {
  if (plan.message === undefined) return;
  const { worker } = intent.parties;
  const is_there = plan.stop.worker && worker !== null && effects.identities.worker?.live === true;
  const delivered = is_there && (await sayFarewell(ctx, worker, plan.message));
  if (!delivered) effects.warnings.push("message_not_delivered");
}
