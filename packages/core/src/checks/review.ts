import type { Input, Output } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { assertMayJudge, checkAuthorOf } from "./actor.ts";
import { findCriterion } from "./check.ts";
import { presentGuards, readStoredProof } from "./standing.ts";
import { assertFolder, presentTree, reviewHash, subjectFolder } from "./subject.ts";

/**
 * Say of the guarded files of a criterion, as they are now, whether its checks still check what they should (spec 09 §9.4).
 * It holds until one of them is changed again. Throws `not_found`, `permission_denied`, and what reading the files throws.
 */
export async function review(ctx: Ctx, input: Input<"checks.review">): Promise<Output<"checks.review">> {
  const { stored, folder } = await ctx.store.read(async (tx) => {
    const { task_id } = await findCriterion(tx, input.criterion_id);
    assertMayJudge(await checkAuthorOf(ctx, tx, task_id), "review guarded files");
    const { criteria } = await readStoredProof(ctx, tx, task_id);
    return {
      stored: criteria.find(({ id }) => id === input.criterion_id),
      folder: await subjectFolder(tx, task_id, input.root),
    };
  });
  assertFolder(folder);
  const guards_hash = reviewHash(presentGuards(stored ?? { checks: [] }, await presentTree(ctx, folder)));
  return ctx.store.write(async (tx) => {
    const { task_id, id: criterion_id } = await findCriterion(tx, input.criterion_id);
    const author = await checkAuthorOf(ctx, tx, task_id);
    assertMayJudge(author, "review guarded files");
    const { verdict, note } = input;
    const row = await tx.db.guard_reviews.create({
      data: { seq: tx.seq(), criterion_id, guards_hash, reviewed_by: author, verdict, note, created_at: tx.now },
    });
    tx.tell("guards_reviewed", {
      actor: author,
      task_id,
      summary: `guarded files of criterion #${criterion_id}: ${verdict}`,
      correlation: { criterion_id },
      attributes: { criterion_id, verdict, guards_hash },
    });
    return { review: { id: row.id, criterion_id, guards_hash, by: author, verdict, note, created_at: row.created_at } };
  });
}
