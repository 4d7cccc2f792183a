import type { Input, Output } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { assertMayJudge, checkAuthorOf } from "./actor.ts";
import { checkOf, findCheck } from "./check.ts";

/**
 * Take a check away; its row and its runs stay for the record. A worker may take back what is only proposed (spec 09 §9.4).
 * Throws `not_found`, `permission_denied`.
 */
export async function remove(ctx: Ctx, input: Input<"checks.remove">): Promise<Output<"checks.remove">> {
  return ctx.store.write(async (tx) => {
    const { row, task_id } = await findCheck(tx, input.check);
    const author = await checkAuthorOf(ctx, tx, task_id);
    if (row.accepted_by !== null) assertMayJudge(author, "take away a check that was accepted");
    await tx.db.checks.update({
      where: { id: row.id },
      data: { removed_at: tx.now, removed_reason: input.reason, updated_at: tx.now, updated_seq: tx.seq() },
    });
    tx.tell("check_changed", {
      actor: author,
      task_id,
      summary: `check ${row.name} was taken away`,
      correlation: { check_id: row.id, criterion_id: row.criterion_id },
      attributes: { check_id: row.id, criterion_id: row.criterion_id, change: "removed", revision: row.revision },
    });
    return { check: checkOf(row) };
  });
}
