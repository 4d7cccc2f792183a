import { reviewOf } from "../../continuations/record-review.ts";
import type { Ctx } from "../../ctx.ts";
import { failed, type StepOutcome, type StepSubject, succeeded } from "./step.ts";

/** Look at the newest review of what comes next: there is one, and it does not say stop (spec 04 §4.13). */
export async function subagentReview(ctx: Ctx, task: StepSubject): Promise<StepOutcome> {
  return ctx.store.read(async (tx) => {
    const row = await tx.db.continuation_reviews.findFirst({ where: { task_id: task.id }, orderBy: { seq: "desc" } });
    if (row === null) return failed("no review of what comes next is recorded");
    const { id, agreement, verdict, operator_routing_required } = reviewOf(row);
    const result = { continuation_review_id: id, agreement, verdict, operator_routing_required };
    // Any other word than those that let it go on is not one that does.
    if (verdict !== "proceed" && verdict !== "amend") return failed(`the newest review says ${verdict}`, result);
    return succeeded(result);
  });
}

/** Look at the newest handoff of the worker (spec 04 §4.13). */
export async function recordHandoff(ctx: Ctx, task: StepSubject): Promise<StepOutcome> {
  return ctx.store.read(async (tx) => {
    const row = await tx.db.worker_handoffs.findFirst({ where: { task_id: task.id }, orderBy: { seq: "desc" } });
    if (row === null) return failed("no handoff is recorded");
    return succeeded({ handoff_id: row.id, summary: row.summary });
  });
}
