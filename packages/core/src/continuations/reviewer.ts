import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";
import { assertMayReview, recordReview, reviewOf } from "./record-review.ts";
import { type ReviewSubject, readReviewSubject, reviewContextOf } from "./review-context.ts";
import { runReviewerProgram, sandboxPlan } from "./reviewer-run.ts";
import { pairOf } from "./turn.ts";

type Asked = Input<"continuations.runReviewer">;

/**
 * Have a program review the newest proposals of a turn and record its verdict, or that it gave none, which is `stop` (spec
 * 04 §4.12). No transaction is open while it runs. Throws `not_found`, `invalid_input`, `usage` without a command,
 * `permission_denied`, `continuation_order`, and `conflict` when a side proposed anew meanwhile.
 */
export async function runReviewer(ctx: Ctx, input: Asked): Promise<Output<"continuations.runReviewer">> {
  if (input.reviewer_command.length === 0) {
    throw new ConveyorError("usage", "continuation-reviewer needs --reviewer-command CMD [ARG…]", {
      hint: "add --dry-run to see only what a reviewer would be given",
    });
  }
  const subject = await subjectOf(ctx, input);
  const recorded = input.reuse ? await recordedReview(ctx, subject) : null;
  if (recorded !== null) return recorded;
  const review = await runReviewerProgram(ctx, {
    command: input.reviewer_command,
    context: await reviewContextOf(ctx, subject, input.include_patch),
    reviewer_session_id: input.reviewer_session_id,
    manager_session_id: input.manager_session_id,
    timeout_ms: input.timeout * 1000,
    network: input.reviewer_network === "on",
    pass_env: input.reviewer_env,
    rollouts: subject.rollouts,
  });
  const { task, correlation_id, worker, manager } = subject;
  return ctx.store.write(async (tx) => {
    await assertMayReview(tx, task.id);
    const now = await pairOf(tx, task, correlation_id);
    if (now.worker.id !== worker.id || now.manager.id !== manager.id) {
      throw new ConveyorError("conflict", "a side proposed anew while the review ran: nothing was recorded", {
        hint: "run it again, for what is proposed now",
        details: { kind: "continuation", correlation_id },
      });
    }
    return recordReview(tx, {
      task,
      correlation_id,
      worker_continuation_id: worker.id,
      manager_continuation_id: manager.id,
      review,
    });
  });
}

/** The newest review of these very proposals, unless its reviewer failed: that is no review (spec 04 §8, 9). */
async function recordedReview(ctx: Ctx, { worker, manager }: ReviewSubject) {
  const ids = { worker_continuation_id: worker.id, manager_continuation_id: manager.id };
  const row = await ctx.store.read((tx) =>
    tx.db.continuation_reviews.findFirst({ where: ids, orderBy: { seq: "desc" } }),
  );
  const review = row && reviewOf(row);
  return review?.subagent_run["status"] === "succeeded" ? review : null;
}

/** What a reviewer would be given and how it would be kept in its place; starts none (spec 04 §4.12). Throws as above. */
export async function planReview(ctx: Ctx, input: Asked): Promise<Output<"continuations.planReview">> {
  const subject = await subjectOf(ctx, input);
  return {
    context: await reviewContextOf(ctx, subject, input.include_patch),
    reviewer_command: input.reviewer_command,
    sandbox: await sandboxPlan(ctx, subject.rollouts, input.reviewer_network === "on"),
  };
}

/** Everything that can refuse, before anything runs. */
async function subjectOf(ctx: Ctx, input: Asked): Promise<ReviewSubject> {
  if (input.reviewer_session_id.trim() === input.manager_session_id.trim()) {
    throw new ConveyorError("invalid_input", "the reviewer must be another session than the manager", {
      details: { field: "reviewer_session_id" },
    });
  }
  return ctx.store.read(async (tx) => {
    const { id, name, goal, state } = resolveTask(tx, input.task);
    await assertMayReview(tx, id);
    const { correlation_id } = input;
    const pair = await pairOf(tx, { id, name }, correlation_id);
    return readReviewSubject(ctx, tx, { task: { id, name, goal, state }, correlation_id, ...pair });
  });
}
