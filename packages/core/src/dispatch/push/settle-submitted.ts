import type { DispatchResult } from "@conveyor/contracts";
import { type Agents, endOfRollout, findUserInput } from "@conveyor/host";
import { canonicalJson, dispatchRows, type FastTx } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";
import { advanceLoop } from "../../loops/advance-loop.ts";
import { crashPoint } from "../../shared/crash-hook.ts";
import { withoutText } from "../delivery/finish.ts";
import { errorTypeOf } from "../delivery/work.ts";
import { lookUntil, UNPROVABLE } from "./submission.ts";

type Look =
  | { kind: "confirmed" }
  | { kind: "not_yet"; path: string; offset: number; until: string }
  | { kind: "never" };

/**
 * Look again for texts that were submitted and not recorded by their agents when they were typed (ruling 2 of spec 00).
 * What the rollout shows by now is delivered; what it does not show although it has stood still for ten minutes fails as
 * `unprovable`, and is never typed again by itself. Returns one result for each that was settled.
 */
export async function settleSubmitted(ctx: Ctx, limit: number): Promise<DispatchResult[]> {
  const results: DispatchResult[] = [];
  for (const item of await ctx.store.peek((tx) => dispatchRows.listSubmittedItems(tx, limit))) {
    const look = lookFor(ctx.agents, item, ctx.host.clock.iso());
    if (look.kind === "not_yet" && isAsBefore(item, look)) continue;
    const result = await ctx.store.fast((tx) => {
      const settled = settle(tx, item, look);
      crashPoint(ctx, "settling");
      return settled;
    });
    if (result !== null) results.push(result);
  }
  return results;
}

function isAsBefore(item: dispatchRows.SubmittedItem, look: Extract<Look, { kind: "not_yet" }>): boolean {
  return look.path === item.typed_path && look.offset === item.typed_offset;
}

function lookFor(agents: Agents, item: dispatchRows.SubmittedItem, now: string): Look {
  const { rollout_path, typed_path, typed_offset, typed_key, look_until } = item;
  const path = rollout_path ?? typed_path;
  // A thread may go on in another file, and a file be written anew: the text that is looked for has the item's number in it.
  const isShorter = path === typed_path && (endOfRollout(path) ?? 0) < typed_offset;
  const offset = path === typed_path && !isShorter ? typed_offset : 0;
  const { records } = agents.of(item.agent_kind);
  const seen = records === null ? null : findUserInput(records, { path, offset, key: typed_key });
  if (seen?.found === true) return { kind: "confirmed" };
  const hasGrown = seen !== null && seen.offset !== typed_offset;
  if (!hasGrown && now >= look_until) return { kind: "never" };
  return { kind: "not_yet", path, offset: seen?.offset ?? typed_offset, until: hasGrown ? lookUntil(now) : look_until };
}

function settle(tx: FastTx, item: dispatchRows.SubmittedItem, look: Look): DispatchResult | null {
  switch (look.kind) {
    case "not_yet":
      dispatchRows.keepLooking(tx, item.id, look);
      return null;
    case "confirmed":
      return dispatchRows.confirmItem(tx, item.id) ? deliver(tx, item) : null;
    case "never":
      return dispatchRows.giveUpLooking(tx, item.id, UNPROVABLE) ? giveUp(tx, item) : null;
    default:
      return look satisfies never;
  }
}

function deliver(tx: FastTx, item: dispatchRows.SubmittedItem): DispatchResult {
  const run_id = advance(tx, item);
  tx.tell("dispatch_signal_routed", {
    summary: `${item.target_name} has recorded the ${item.signal_type} that was typed before`,
    task_id: item.task_id,
    run_id,
    correlation: signalKeys(item),
    attributes: { target_session: item.target_name, confirmed_later: true },
  });
  return endCommand(tx, item, { state: "delivered", side_effect_started: true, side_effect_completed: true }, run_id);
}

function giveUp(tx: FastTx, item: dispatchRows.SubmittedItem): DispatchResult {
  tx.tell("dispatch_signal_failed", {
    severity: "error",
    summary: `${item.target_name} never recorded the ${item.signal_type} that was typed to it`,
    task_id: item.task_id,
    correlation: signalKeys(item),
    attributes: { error: UNPROVABLE, error_type: errorTypeOf("unprovable"), target_session: item.target_name },
  });
  return endCommand(tx, item, {
    state: "failed",
    error: UNPROVABLE,
    error_code: "unprovable",
    error_type: errorTypeOf("unprovable"),
    side_effect_started: true,
    side_effect_completed: true,
  });
}

/** A continuation begins its iteration when it is known to have reached the worker. */
function advance(tx: FastTx, item: dispatchRows.SubmittedItem): string | undefined {
  if (item.signal_type !== "continue_iteration") return undefined;
  const payload = JSON.parse(item.payload_json) as { ralph_loop?: { run_id?: unknown; requested_iteration?: unknown } };
  const { run_id, requested_iteration } = payload.ralph_loop ?? {};
  if (typeof run_id !== "string" || typeof requested_iteration !== "number") return undefined;
  advanceLoop(tx, {
    notification_id: item.id,
    command_id: item.command_id,
    correlation_id: item.correlation_id,
    task_id: item.task_id,
    run_id,
    requested_iteration,
    target_session_name: item.target_name,
    consumed_by_session_id: null,
    advanced_by: "push_delivery",
  });
  return run_id;
}

type Ending = Partial<DispatchResult> & Pick<DispatchResult, "state">;

/** End the attempt and the command that the item belongs to; a report has neither. */
function endCommand(tx: FastTx, item: dispatchRows.SubmittedItem, ending: Ending, run_id?: string): DispatchResult {
  const common = { delivery_mode: "push", notification_id: item.id, target_session: item.target_name } as const;
  const { command_id } = item;
  if (command_id === null) {
    const { binding_id, correlation_id, dedupe_key, signal_type, source_event_id, task_name: task } = item;
    return { binding_id, correlation_id, dedupe_key, signal_type, source_event_id, task, ...common, ...ending };
  }
  const attempt = dispatchRows.parkedAttempt(tx, command_id);
  const before = JSON.parse(attempt?.result_json ?? "{}") as Record<string, unknown>;
  const result: DispatchResult = { ...before, command_id, command_type: item.signal_type, ...common, ...ending };
  if (attempt === undefined) return result;
  const state = ending.state === "delivered" ? "succeeded" : "failed";
  const end = { state, result_json: canonicalJson(result), error: ending.error ?? null } as const;
  dispatchRows.endParked(tx, { attempt_id: attempt.id, command_id }, end);
  tx.tell(state === "succeeded" ? "dispatch_command_succeeded" : "dispatch_command_failed", {
    summary: `command ${attempt.type} ${state}`,
    task_id: item.task_id,
    run_id,
    correlation: {
      attempt_id: attempt.id,
      command_id,
      command_type: attempt.type,
      correlation_id: item.correlation_id,
      dispatcher_id: attempt.dispatcher_id,
    },
    attributes: {
      error: end.error,
      result: withoutText(result),
      side_effect_completed: true,
      side_effect_started: true,
    },
  });
  return result;
}

function signalKeys(item: dispatchRows.SubmittedItem) {
  const { binding_id, command_id, correlation_id, signal_type, source_event_id } = item;
  return { binding_id, command_id, correlation_id, signal_type, source_event_id, routed_notification_id: item.id };
}
