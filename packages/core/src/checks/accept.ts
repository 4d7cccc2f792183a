import type { Input, Output } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { assertMayJudge, checkAuthorOf } from "./actor.ts";
import { hashOfGuards } from "./add.ts";
import { checkOf, findCheck } from "./check.ts";
import { subjectFolder } from "./subject.ts";

/**
 * Let a check count, with its guarded files as they are now; accepting it again takes note of them anew (spec 09 §9.4).
 * Throws `not_found`, `permission_denied`, and what reading the files throws.
 */
export async function accept(ctx: Ctx, input: Input<"checks.accept">): Promise<Output<"checks.accept">> {
  const { check, folder } = await ctx.store.read(async (tx) => {
    const { row, task_id } = await findCheck(tx, input.check);
    assertMayJudge(await checkAuthorOf(ctx, tx, task_id), "accept a check");
    return { check: checkOf(row), folder: await subjectFolder(tx, task_id, input.root) };
  });
  const guards_hash = check.guards.length === 0 ? null : await hashOfGuards(ctx, folder, check.guards);
  return ctx.store.write(async (tx) => {
    const { row, task_id } = await findCheck(tx, input.check);
    const author = await checkAuthorOf(ctx, tx, task_id);
    assertMayJudge(author, "accept a check");
    const is_same = row.revision === check.revision;
    const after = await tx.db.checks.update({
      where: { id: row.id },
      // Somebody changed it meanwhile: what was looked at is not what would be accepted.
      data: is_same ? { accepted_by: author, guards_hash, updated_at: tx.now, updated_seq: tx.seq() } : {},
    });
    if (!is_same) return { check: checkOf(after) };
    tx.tell("check_changed", {
      actor: author,
      task_id,
      summary: `check ${row.name} was accepted`,
      correlation: { check_id: row.id, criterion_id: row.criterion_id },
      attributes: { check_id: row.id, criterion_id: row.criterion_id, change: "accepted", revision: row.revision },
    });
    return { check: checkOf(after) };
  });
}
