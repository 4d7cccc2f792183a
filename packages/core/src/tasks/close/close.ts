import { asConveyorError, ConveyorError } from "@conveyor/contracts/errors";
import type { Ctx } from "../../ctx.ts";
import { noEffects, stopOwnTerminal, touchTerminals } from "./effects.ts";
import { commitIntent, refusalError } from "./intent.ts";
import { commitFailure, commitOutcome, type Settled } from "./outcome.ts";
import type { ClosePlan, Effects, Intent } from "./plan.ts";

/**
 * Close a task, whichever command asks (spec 01 §6.14, §6.15). First everything that can refuse, then the intent, then
 * terminals, then the outcome; a crash in between is visible as a binding that is `ending`. Throws `gate_failed` (all
 * refusals listed), `terminal_state`, `conflict`, `side_effect_failed`, `not_found`.
 */
export async function closeTask(ctx: Ctx, plan: ClosePlan) {
  const intent = await ctx.store.write((tx) => commitIntent(ctx, tx, plan));
  if ("refused" in intent) throw refusalError(ctx, plan, intent);
  const effects = noEffects();
  try {
    await touchTerminals(ctx, plan, intent, effects);
  } catch (error) {
    await ctx.store.write((tx) => commitFailure(tx, plan, intent, effects, error));
    const { message, hint, details } = asConveyorError(error);
    const stays = intent.followup ? "not everything was cleaned up" : "the task stays open";
    throw new ConveyorError("side_effect_failed", `${stays}: ${message}`, {
      hint,
      details,
      cause: error,
    });
  }
  const settled = await settle(ctx, plan, intent, effects);
  await stopOwnTerminal(ctx, plan, intent);
  return { intent, effects, answer: answerOf(intent, effects, settled) };
}

async function settle(ctx: Ctx, plan: ClosePlan, intent: Intent, effects: Effects): Promise<Settled> {
  try {
    return await ctx.store.write((tx) => commitOutcome(tx, plan, intent, effects));
  } catch (error) {
    await ctx.store.write((tx) => commitFailure(tx, plan, intent, effects, error));
    throw error;
  }
}

/** What allows closing and should still be known: an audit that had nothing to check, and messages that nobody read. */
function doubts(
  { audits, followup }: Pick<Intent, "audits" | "followup">,
  { unread_notifications }: Settled,
): string[] {
  const audit = audits?.final_audit;
  return [
    ...(audit?.require_criteria_audit === true && audit.total === 0 && !followup ? ["nothing_was_agreed"] : []),
    ...(unread_notifications > 0 ? ["unread_messages"] : []),
  ];
}

/** What both commands answer. */
function answerOf({ task, command, parties, ...intent }: Intent, effects: Effects, settled: Settled) {
  const { worker, manager } = parties;
  const { identities } = effects;
  return {
    ...settled,
    task: task.name,
    command_id: command.id,
    worker: worker?.name ?? null,
    worker_session: worker?.kind === "session" ? worker.name : null,
    manager_session: manager?.kind === "session" ? manager.name : null,
    manager_decision: intent.decision,
    final_decision_id: intent.final_decision_id,
    final_observation_id: intent.final_observation_id,
    worker_identity: identities.worker,
    manager_identity: identities.manager,
    warnings: [...effects.warnings, ...doubts(intent, settled)],
  };
}
