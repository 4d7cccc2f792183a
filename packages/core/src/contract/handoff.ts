import type { Input, Output } from "@conveyor/contracts";
import { canonicalJson } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { liveBindingOf, resolveTask } from "../shared/references.ts";

/**
 * Append a handoff of the worker that is bound to the task, or of nobody, in whatever state the task is (spec 04 §4.1).
 * Throws `not_found`.
 */
export async function handoff(ctx: Ctx, input: Input<"contract.handoff">): Promise<Output<"contract.handoff">> {
  return ctx.store.write(async (tx) => {
    const { id: task_id, name } = resolveTask(tx, input.task);
    const binding = await liveBindingOf(tx, task_id);
    const worker_session_id = binding?.worker_session_id ?? null;
    const { summary, next_step: next_steps, payload } = input;
    const { id, created_at } = await tx.db.worker_handoffs.create({
      data: {
        seq: tx.seq(),
        task_id,
        worker_session_id,
        summary,
        next_steps_json: canonicalJson(next_steps),
        payload_json: canonicalJson(payload),
        created_at: tx.now,
      },
    });
    tx.tell("worker_handoff_recorded", {
      task_id,
      session_id: worker_session_id,
      summary: `handoff #${id} of ${name} recorded`,
      correlation: { handoff_id: id, worker_session_id },
      attributes: {
        next_step_count: next_steps.length,
        payload_keys: Object.keys(payload).sort(),
        summary_length: summary.length,
      },
      payload: { handoff_id: id, next_step_count: next_steps.length, worker_session_id },
    });
    return { id, task_id, worker_session_id, summary, next_steps, payload, created_at };
  });
}
