import type { Input, OperatorItem, Output } from "@conveyor/contracts";
import { permissionActions } from "@conveyor/contracts/contract/permissions";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { WriteTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { insertDecision } from "../decisions/record.ts";
import { liveBindingOf } from "../shared/references.ts";
import { assertOperator } from "./grants.ts";
import { operatorItemOf, withTask } from "./operator-items.ts";
import { insertGrant, permissionGrantOf } from "./scoped-grants.ts";

/** What waits for the operator, the newest first (spec 04 §8, 6). */
export async function listOperatorItems(
  ctx: Ctx,
  { all, limit }: Input<"contract.listOperatorItems">,
): Promise<Output<"contract.listOperatorItems">> {
  return ctx.store.read(async (tx) => {
    const rows = await tx.db.operator_items.findMany({
      where: all ? {} : { state: "open" },
      orderBy: { seq: "desc" },
      include: withTask,
      ...(limit > 0 && { take: limit }),
    });
    return { items: rows.map(operatorItemOf) };
  });
}

/**
 * Approve an item: a decision for one use is recorded for it, and of a permission a grant, whose bounds are given (spec 04 §8,
 * 6 and 7). Throws `not_found`, `conflict` for one that was decided, `permission_denied` for an agent.
 */
export async function approve(ctx: Ctx, input: Input<"contract.approve">): Promise<Output<"contract.approve">> {
  return ctx.store.write(async (tx) => {
    const item = await openItem(ctx, tx, input.item);
    const { reason, expires_in, uses } = input;
    const task_id = item.task.id;
    const actions = item.kind === "permission" ? (permissionActions(item.subject) ?? []) : [];
    const grants = [];
    for (const action of actions) {
      grants.push(await insertGrant(tx, { task_id, action, granted_by: "operator", reason, expires_in, uses }));
    }
    const binding = await liveBindingOf(tx, task_id);
    const decision = await insertDecision(tx, {
      task_id,
      decision: input.decision,
      reason,
      payload: { source: "operator", operator_item_id: item.id },
      manager_cycle_id: null,
      manager_session_id: binding?.manager_session_id ?? null,
      single_use: true,
    });
    const decided = await decide(tx, item, {
      state: "approved",
      note: reason,
      decision_id: decision.id,
      grant_id: grants[0]?.id ?? null,
    });
    return { item: decided, grants: grants.map((row) => permissionGrantOf(row, tx.now)) };
  });
}

/** Decline an item; nothing follows from it. Throws like `approve`. */
export async function decline(ctx: Ctx, input: Input<"contract.decline">): Promise<Output<"contract.decline">> {
  return ctx.store.write(async (tx) => {
    const item = await openItem(ctx, tx, input.item);
    return {
      item: await decide(tx, item, { state: "declined", note: input.reason, decision_id: null, grant_id: null }),
    };
  });
}

async function openItem(ctx: Ctx, tx: WriteTx, id: number): Promise<OperatorItem> {
  const row = await tx.db.operator_items.findUnique({ where: { id }, include: withTask });
  if (row === null) {
    throw new ConveyorError("not_found", `nothing with the number ${id} waits for the operator`, {
      hint: "list what does: conveyor operator list",
      details: { kind: "operator_item", id },
    });
  }
  await assertOperator(ctx, tx, row.task_id, "decide what waits for the operator");
  if (row.state === "open") return operatorItemOf(row);
  throw new ConveyorError("conflict", `${id} is already ${row.state}`, {
    hint: "what it led to is shown by `conveyor operator list --all`",
    details: { kind: "operator_item", id, state: row.state },
  });
}

interface Decided {
  state: "approved" | "declined";
  note: string;
  decision_id: number | null;
  grant_id: number | null;
}

async function decide(tx: WriteTx, item: OperatorItem, decided: Decided): Promise<OperatorItem> {
  const row = await tx.db.operator_items.update({
    where: { id: item.id },
    data: { ...decided, decided_at: tx.now, decided_by: "operator" },
    include: withTask,
  });
  const { state, decision_id, grant_id } = decided;
  tx.tell("operator_item_decided", {
    task_id: item.task.id,
    summary: `${item.kind} ${state}`,
    correlation: { operator_item_id: item.id },
    attributes: { operator_item_id: item.id, kind: item.kind, state, decision_id, grant_id },
  });
  return operatorItemOf(row);
}
