import type { Input, Output } from "@conveyor/contracts";
import { FRESHNESS } from "@conveyor/contracts/dispatch/words";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { ReadTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { openPair } from "./pair.ts";
import { nonceHash } from "./smoke/nonce.ts";
import { standingOf } from "./smoke/standing.ts";

/**
 * `app-smoke start`: begin to prove that both threads of a pair can be reached and answer (spec 06 §6.2). This answer alone
 * shows the nonce; no record does. Throws `not_found`, `ambiguous`, `no_active_binding`, `terminal_state`, and `conflict`
 * when the id or the nonce was used before.
 */
export async function startSmoke(
  ctx: Ctx,
  input: Input<"autonomy.startSmoke">,
): Promise<Output<"autonomy.startSmoke">> {
  const { mode, scope, worker_count } = input;
  const id = input.smoke_id ?? ctx.host.ids.next("smoke");
  const nonce = input.nonce ?? ctx.host.ids.next("nonce");
  return ctx.store.write(async (tx) => {
    const pair = openPair(ctx, tx, input.task);
    await assertUnused(tx, id, nonce);
    const { task, binding_id } = pair;
    const event_type = mode === "skip" ? "app_smoke_skipped" : "app_smoke_started";
    const event_id = tx.tell(event_type, {
      summary: `smoke run of task ${task.name} ${mode === "skip" ? "left out" : "begun"}`,
      task_id: task.id,
      correlation: { command: "app-smoke", smoke_id: id },
      attributes: { binding_id, mode, nonce_sha256: nonceHash(nonce), scope, smoke_id: id, worker_count },
    });
    const run = await tx.db.smoke_runs.create({
      data: {
        ...{ id, task_id: task.id, binding_id, mode, scope, worker_count, nonce, event_id },
        seq: tx.seq(),
        recorded_at: tx.now,
      },
    });
    const stale_after_seconds = FRESHNESS.LEASE_STALE_SECONDS;
    return {
      task: { id: task.id, name: task.name },
      smoke: { id, mode, nonce, scope, worker_count },
      status: await standingOf(tx, pair, run, { stale_after_seconds, scope: "one_task" }),
      receipt: { event_id, event_type, recorded_at: tx.now },
    };
  });
}

/** A word that was sent before proves nothing. The refusal names what was given, and no run. */
async function assertUnused(tx: ReadTx, id: string, nonce: string): Promise<void> {
  const used = await tx.db.smoke_runs.findFirst({ where: { OR: [{ id }, { nonce }] }, select: { id: true } });
  if (used === null) return;
  const what = used.id === id ? `a smoke run ${JSON.stringify(id)} exists already` : "this nonce was used before";
  throw new ConveyorError("conflict", what, {
    hint: "leave --smoke-id and --nonce out: both are made up then",
    details: { kind: "smoke", field: used.id === id ? "smoke_id" : "nonce" },
  });
}
