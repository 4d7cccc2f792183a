import type { Input, Output } from "@conveyor/contracts";
import type { Prisma } from "@conveyor/store";
import { assertMayJudge, checkAuthorOf } from "../checks/actor.ts";
import { findCriterion } from "../checks/check.ts";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";

type Waiver = Output<"criteria.waive">["waiver"];

/**
 * Let a criterion pass without proof (spec 09 §9.4). Each call is a waiver of its own; the newest counts. Throws
 * `not_found`, `ambiguous`, `permission_denied` for whoever does the work.
 */
export async function waive(ctx: Ctx, input: Input<"criteria.waive">): Promise<Output<"criteria.waive">> {
  return ctx.store.write(async (tx) => {
    const { id, name } = resolveTask(tx, input.task);
    const { id: criterion_id } = await findCriterion(tx, input.criterion_id, { id, name });
    const author = await checkAuthorOf(ctx, tx, id);
    assertMayJudge(author, "waive a criterion");
    const { rationale } = input;
    const row = await tx.db.criterion_waivers.create({
      data: { seq: tx.seq(), criterion_id, waived_by: author, rationale, created_at: tx.now },
    });
    tx.tell("criterion_waived", {
      actor: author,
      task_id: id,
      summary: `criterion #${criterion_id} passes without proof`,
      correlation: { criterion_id },
      attributes: { criterion_id, waiver_id: row.id, waived: true },
    });
    return { task: { id, name }, waiver: waiverOf(row) };
  });
}

/** Take the newest waiver back; without one that stands nothing changes. Throws like `waive`. */
export async function unwaive(ctx: Ctx, input: Input<"criteria.unwaive">): Promise<Output<"criteria.unwaive">> {
  return ctx.store.write(async (tx) => {
    const { id, name } = resolveTask(tx, input.task);
    const { id: criterion_id } = await findCriterion(tx, input.criterion_id, { id, name });
    const author = await checkAuthorOf(ctx, tx, id);
    assertMayJudge(author, "change a waiver");
    const newest = await tx.db.criterion_waivers.findFirst({ where: { criterion_id }, orderBy: { seq: "desc" } });
    if (newest === null || newest.revoked_at !== null) return { task: { id, name }, waiver: null };
    const row = await tx.db.criterion_waivers.update({
      where: { id: newest.id },
      data: { revoked_at: tx.now, revoked_by: author },
    });
    tx.tell("criterion_waived", {
      actor: author,
      task_id: id,
      summary: `criterion #${criterion_id} needs proof again`,
      correlation: { criterion_id },
      attributes: { criterion_id, waiver_id: row.id, waived: false },
    });
    return { task: { id, name }, waiver: waiverOf(row) };
  });
}

function waiverOf(row: Prisma.criterion_waiversGetPayload<object>): Waiver {
  const { id, criterion_id, rationale, created_at, revoked_at } = row;
  return { id, criterion_id, by: row.waived_by as Waiver["by"], rationale, created_at, revoked_at };
}
