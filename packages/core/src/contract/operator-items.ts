import type { OperatorItem } from "@conveyor/contracts";
import { canonicalJson, type Prisma, type WriteTx } from "@conveyor/store";
import { parsed } from "../shared/parsed.ts";

type ItemRow = Prisma.operator_itemsGetPayload<{ include: { task: { select: { id: true; name: true } } } }>;

/** With the task that an item is about. */
export const withTask = { task: { select: { id: true, name: true } } } as const;

/** A stored item as users see it. */
export function operatorItemOf(row: ItemRow): OperatorItem {
  return {
    id: row.id,
    task: row.task,
    kind: row.kind as OperatorItem["kind"],
    subject: row.subject,
    refs: (parsed(row.refs_json) ?? {}) as OperatorItem["refs"],
    state: row.state as OperatorItem["state"],
    created_at: row.created_at,
    decided_at: row.decided_at,
    note: row.note,
    decision_id: row.decision_id,
    grant_id: row.grant_id,
  };
}

/** What is to be asked. */
export interface OperatorQuestion {
  kind: OperatorItem["kind"];
  /** What tells it from others of its kind: the same matter waits once. */
  subject: string;
  /** No content. */
  refs: Record<string, unknown>;
}

/** Have something wait for the operator, in the transaction of what led to it; what waits already stays as it is. */
export async function askOperator(
  tx: WriteTx,
  task: { id: string; name: string },
  { kind, subject, refs }: OperatorQuestion,
): Promise<{ id: number }> {
  const open = await tx.db.operator_items.findFirst({ where: { task_id: task.id, kind, subject, state: "open" } });
  if (open !== null) return open;
  const row = await tx.db.operator_items.create({
    data: {
      seq: tx.seq(),
      task_id: task.id,
      kind,
      subject,
      refs_json: canonicalJson(refs),
      state: "open",
      created_at: tx.now,
    },
  });
  tx.tell("operator_item_opened", {
    task_id: task.id,
    summary: `the operator is asked about ${task.name}: ${kind}`,
    correlation: { operator_item_id: row.id },
    attributes: { operator_item_id: row.id, kind },
  });
  return row;
}
