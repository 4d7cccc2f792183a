import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";
import { assertMayReview, recordReview } from "./record-review.ts";
import { readReview } from "./review-document.ts";
import { pairOf } from "./turn.ts";

/**
 * Record a third party's verdict on the newest proposals of a turn (spec 04 §4.11). Throws `not_found`, `invalid_input`
 * with the path of what is wrong, `permission_denied` and `continuation_order`.
 */
export async function review(
  ctx: Ctx,
  { task: reference, payload, correlation_id }: Input<"continuations.review">,
): Promise<Output<"continuations.review">> {
  return ctx.store.write(async (tx) => {
    const { id, name } = resolveTask(tx, reference);
    const read = readReview(payload);
    if (!read.ok) {
      const issues = read.problems;
      throw new ConveyorError(
        "invalid_input",
        issues.map(({ field, message }) => `${field} ${message}`.trim()).join("; "),
        {
          hint: "a review holds agreement, verdict, rationale and subagent_run",
          details: { issues },
        },
      );
    }
    await assertMayReview(tx, id);
    const { worker, manager } = await pairOf(tx, { id, name }, correlation_id);
    return recordReview(tx, {
      task: { id, name },
      correlation_id,
      worker_continuation_id: worker.id,
      manager_continuation_id: manager.id,
      review: read.review,
    });
  });
}
