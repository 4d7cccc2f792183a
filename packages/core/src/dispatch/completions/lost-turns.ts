import { dispatchRows } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";
import { writerLiveness } from "../../observation/writer-liveness.ts";
import { openObserved } from "../../shared/observed.ts";
import type { TurnToReport } from "./ended-turns.ts";

export interface LostTurn {
  binding: dispatchRows.WatchedBinding;
  turn: TurnToReport;
}

/**
 * The turns that will have no end because their worker's process died within them, and that were not told of. Only where
 * nobody else writes the rollout: a server that serves several terminals goes on with the turn of one that was closed.
 */
export async function lostTurns(ctx: Ctx): Promise<LostTurn[]> {
  const dead = await ctx.store.peek(dispatchRows.listDeadWorkers);
  const lost: LostTurn[] = [];
  for (const { binding_id, observation_json, thread_id, path } of dead) {
    const { turns, last } = openObserved(observation_json, thread_id);
    const { open } = turns;
    if (open === null || last === null) continue;
    if (await ctx.store.peek((tx) => dispatchRows.hasItemForEvent(tx, binding_id, last.id))) continue;
    const { writer_alive } = await writerLiveness(ctx.host, path, ctx.host.clock.now(), true);
    if (writer_alive !== false) continue;
    const bindings = await ctx.store.peek(dispatchRows.listWatchedBindings);
    const binding = bindings.find((watched) => watched.binding_id === binding_id);
    if (binding === undefined || dispatchRows.isHistory(binding, last.id)) continue;
    const turn: TurnToReport = {
      source_event_id: last.id,
      timestamp: turns.last_state_event_at ?? ctx.host.clock.iso(),
      turn_id: open.turn_id,
      outcome: "lost",
      error_info: null,
      goal: null,
    };
    lost.push({ binding, turn });
  }
  return lost;
}
