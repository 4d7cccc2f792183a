import type { Criterion, Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { canonicalJson, type ReadTx, type WriteTx } from "@conveyor/store";
import { assertMayJudge, checkAuthorOf } from "../checks/actor.ts";
import { findCriterion } from "../checks/check.ts";
import type { Ctx } from "../ctx.ts";
import { parsed } from "../shared/parsed.ts";
import { resolveTask } from "../shared/references.ts";
import { updateCriterion } from "./change.ts";
import { criteriaOf, criteriaSummaryOf, criterionOf, criterionWarnings } from "./criterion.ts";

/**
 * Change the words, labels or place of a criterion (spec 04 §8, 5). Throws `not_found`, `ambiguous`, `conflict` when another
 * criterion of the same source has the words, `permission_denied` for a worker that changes what was accepted.
 */
export async function edit(ctx: Ctx, input: Input<"criteria.edit">): Promise<Output<"criteria.edit">> {
  return ctx.store.write(async (tx) => {
    const { id, name } = resolveTask(tx, input.task);
    const before = await findCriterion(tx, input.criterion_id, { id, name });
    const author = await checkAuthorOf(ctx, tx, id);
    const text = input.criterion?.trim() ?? before.criterion;
    if (text !== before.criterion && before.status !== "proposed") {
      assertMayJudge(author, "change the words of a criterion that was accepted");
    }
    await assertWordsFree(tx, { ...before, criterion: text });
    const labels = input.unlabel ? [] : (input.label ?? (parsed(before.labels_json) as string[]));
    const row = await tx.db.acceptance_criteria.update({
      where: { id: before.id },
      data: {
        criterion: text,
        labels_json: canonicalJson([...new Set(labels)]),
        position: input.place ?? before.position,
        updated_at: tx.now,
        updated_seq: tx.seq(),
      },
    });
    tx.tell("acceptance_criterion_edited", {
      actor: author,
      task_id: id,
      summary: `criterion #${row.id} edited`,
      correlation: { criterion_id: row.id },
      attributes: {
        criterion_id: row.id,
        criterion: row.criterion,
        previous_criterion: before.criterion,
        labels: [...new Set(labels)],
        position: row.position,
      },
    });
    return receiptOf(tx, { id, name }, criterionOf(row));
  });
}

/**
 * Let a criterion go on in another of the same task: its checks move there with their runs, its evidence is laid under the
 * other's, and it becomes rejected and says where it went (spec 04 §8, 5). Throws `not_found`, `ambiguous`, `conflict` for a
 * criterion and itself, `permission_denied` for whoever does the work.
 */
export async function merge(ctx: Ctx, input: Input<"criteria.merge">): Promise<Output<"criteria.merge">> {
  return ctx.store.write(async (tx) => {
    const task = resolveTask(tx, input.task);
    const author = await checkAuthorOf(ctx, tx, task.id);
    assertMayJudge(author, "merge criteria");
    if (input.criterion_id === input.into) {
      throw new ConveyorError("conflict", "a criterion cannot be merged into itself", {
        hint: "name two criteria of the task",
        details: { kind: "criterion", id: input.into },
      });
    }
    const gone = criterionOf(await findCriterion(tx, input.criterion_id, task));
    const kept = criterionOf(await findCriterion(tx, input.into, task));
    await moveChecks(tx, gone.id, kept.id);
    const evidence = { ...gone.evidence, ...kept.evidence };
    const after = await updateCriterion(tx, task, { criterion_id: kept.id, status: kept.status, evidence });
    await tx.db.acceptance_criteria.update({ where: { id: gone.id }, data: { merged_into_id: kept.id } });
    await updateCriterion(tx, task, {
      criterion_id: gone.id,
      status: "rejected",
      rationale: `merged into #${kept.id}`,
    });
    return receiptOf(tx, task, after);
  });
}

/** Checks keep their runs; one whose name is taken there says where it came from. */
async function moveChecks(tx: WriteTx, from: number, to: number): Promise<void> {
  const there = await tx.db.checks.findMany({ where: { criterion_id: to, removed_at: null }, select: { name: true } });
  const taken = new Set(there.map(({ name }) => name));
  const moving = await tx.db.checks.findMany({ where: { criterion_id: from, removed_at: null } });
  for (const { id, name } of moving) {
    await tx.db.checks.update({
      where: { id },
      data: {
        criterion_id: to,
        name: taken.has(name) ? `${name} (#${from})` : name,
        updated_at: tx.now,
        updated_seq: tx.seq(),
      },
    });
  }
}

async function assertWordsFree(
  tx: ReadTx,
  { id, task_id, source, criterion }: Pick<Criterion, "id" | "task_id" | "criterion"> & { source: string },
): Promise<void> {
  const same = await tx.db.acceptance_criteria.findUnique({
    where: { task_id_source_criterion: { task_id, source, criterion } },
  });
  if (same === null || same.id === id) return;
  throw new ConveyorError("conflict", `criterion #${same.id} has the same words`, {
    hint: `let one go on in the other: conveyor criteria TASK --merge ${id} --into ${same.id}`,
    details: { kind: "criterion", id: same.id },
  });
}

function receiptOf(tx: ReadTx, task: { id: string; name: string }, affected: Criterion): Output<"criteria.edit"> {
  const criteria = criteriaOf(tx, task.id);
  return {
    task: { id: task.id, name: task.name },
    criteria,
    summary: criteriaSummaryOf(criteria),
    affected_criterion: affected,
    warnings: criterionWarnings(affected),
  };
}

/** What the record of a criterion is made of. */
const TOLD = [
  "acceptance_criterion_added",
  "acceptance_criterion_updated",
  "acceptance_criterion_edited",
  "criterion_attachment_added",
  "criterion_waived",
  "guards_reviewed",
  "check_added",
  "check_changed",
  "check_run_finished",
];

/** What became of one criterion, in the order in which it was recorded (spec 04 §8, 5). Throws `not_found`, `ambiguous`. */
export async function history(ctx: Ctx, input: Input<"criteria.history">): Promise<Output<"criteria.history">> {
  return ctx.store.read(async (tx) => {
    const { id, name } = resolveTask(tx, input.task);
    await findCriterion(tx, input.criterion_id, { id, name });
    const rows = await tx.db.events.findMany({
      where: { task_id: id, type: { in: TOLD } },
      orderBy: { seq: "asc" },
    });
    const entries = rows.flatMap(({ seq, created_at, actor, type, payload_json }) => {
      const payload = parsed(payload_json) as Record<string, unknown>;
      if (payload["criterion_id"] !== input.criterion_id) return [];
      const { criterion_id: _id, task_id: _task, ...changes } = payload;
      return [{ seq, at: created_at, actor, event: type, changes }];
    });
    return { task: { id, name }, entries };
  });
}
