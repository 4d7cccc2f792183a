import type { Input, Output } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { changePolicy } from "./autopilot/change-policy.ts";
import { policyOf } from "./autopilot/snapshot.ts";
import { instancesGone, wishOf } from "./dispatch-lease.ts";
import { openPair, snapshotOf } from "./pair.ts";
import { pairStatusOf } from "./pair-status.ts";

/**
 * `app-autopilot start`: the threads of a pair are to be kept awake from now on (spec 06 §6.2). Automations that were
 * recorded before do not count any more. Throws `not_found`, `ambiguous`, `no_active_binding`, `terminal_state`.
 */
export async function startAutopilot(
  ctx: Ctx,
  input: Input<"autonomy.startAutopilot">,
): Promise<Output<"autonomy.startAutopilot">> {
  const { settings: program } = ctx;
  const wish = wishOf(input);
  const gone = await instancesGone(ctx, wish.dispatcher_id);
  return ctx.store.fast((tx) => {
    const pair = openPair(ctx, tx, input.task);
    const status = pairStatusOf(program, snapshotOf(tx, pair, wish, gone));
    const started = { desired_state: "active", started_at: tx.now, started_seq: tx.seq() } as const;
    const policy = { ...policyOf(tx, pair.task.id, input), ...started };
    const { plan, event_id } = changePolicy(tx, { program, status, policy, wish: input });
    return { action: "start", plan, receipt: { event_id, event_type: "app_autopilot_started", recorded_at: tx.now } };
  });
}
