import type { WriteTx } from "@conveyor/store";
import { insertCriterion } from "./add.ts";

/** Each text that is no criterion of the task yet, from whomever, becomes an accepted one (spec 01 §6.3 step 5). */
export async function seedCriteria(tx: WriteTx, task_id: string, texts: readonly string[]): Promise<number> {
  const known = await tx.db.acceptance_criteria.findMany({ where: { task_id }, select: { criterion: true } });
  const there = new Set(known.map(({ criterion }) => criterion));
  const fresh = [...new Set(texts.map((text) => text.trim()))].filter((text) => !there.has(text));
  const criterion_ids: number[] = [];
  for (const criterion of fresh) {
    const inserted = await insertCriterion(tx, {
      task_id,
      criterion,
      source: "manager_inferred",
      status: "accepted",
      rationale: "seeded from the manager config",
      evidence: { source: "manager_config" },
    });
    criterion_ids.push(inserted.criterion.id);
  }
  if (criterion_ids.length > 0) {
    tx.tell("manager_acceptance_criteria_seeded", {
      task_id,
      attributes: { criterion_ids, source: "manager_config" },
      summary: `${criterion_ids.length} acceptance criteria seeded`,
    });
  }
  return criterion_ids.length;
}
