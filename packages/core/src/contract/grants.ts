import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { ReadTx } from "@conveyor/store";
import { checkAuthorOf } from "../checks/actor.ts";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";
import { insertGrant, permissionGrantOf } from "./scoped-grants.ts";

/** Only a person widens what an agent may do. Throws `permission_denied`. */
export async function assertOperator(ctx: Ctx, tx: ReadTx, task_id: string, what: string): Promise<void> {
  const author = await checkAuthorOf(ctx, tx, task_id);
  if (author === "operator") return;
  throw new ConveyorError("permission_denied", `only a person may ${what}`, {
    hint: "ask the operator; what waits for one is listed by `conveyor operator list`",
    details: { actor: author },
  });
}

/**
 * Allow a manager one thing within bounds (spec 04 §8, 7). Two calls make two grants. Throws `not_found`, `ambiguous`,
 * `unknown_permission`, `permission_denied` for an agent.
 */
export async function grant(ctx: Ctx, input: Input<"contract.grant">): Promise<Output<"contract.grant">> {
  return ctx.store.write(async (tx) => {
    const { id, name } = resolveTask(tx, input.task);
    await assertOperator(ctx, tx, id, "grant a permission");
    const { permission: action, ...bounds } = input;
    const row = await insertGrant(tx, { ...bounds, task_id: id, action, granted_by: "operator" });
    return { task: { id, name }, grant: permissionGrantOf(row, tx.now) };
  });
}

/** The grants of a task, newest first. Throws `not_found`, `ambiguous`. */
export async function listGrants(
  ctx: Ctx,
  input: Input<"contract.listGrants">,
): Promise<Output<"contract.listGrants">> {
  return ctx.store.read(async (tx) => {
    const { id, name } = resolveTask(tx, input.task);
    const rows = await tx.db.permission_grants.findMany({
      where: { task_id: id },
      orderBy: { seq: "desc" },
      take: 1_000,
    });
    return { task: { id, name }, grants: rows.map((row) => permissionGrantOf(row, tx.now)) };
  });
}

/** Take a grant back; one that is taken back already stays so. Throws `not_found`, `ambiguous`, `permission_denied`. */
export async function revokeGrant(
  ctx: Ctx,
  input: Input<"contract.revokeGrant">,
): Promise<Output<"contract.revokeGrant">> {
  return ctx.store.write(async (tx) => {
    const { id, name } = resolveTask(tx, input.task);
    await assertOperator(ctx, tx, id, "take a permission back");
    const found = await tx.db.permission_grants.findFirst({ where: { id: input.grant, task_id: id } });
    if (found === null) {
      throw new ConveyorError("not_found", `task ${JSON.stringify(name)} has no grant ${input.grant}`, {
        hint: "list them: conveyor manager-grant TASK --list",
        details: { kind: "grant", id: input.grant },
      });
    }
    if (found.revoked_at !== null) return { task: { id, name }, grant: permissionGrantOf(found, tx.now) };
    const row = await tx.db.permission_grants.update({
      where: { id: found.id },
      data: { revoked_at: tx.now, revoked_by: "operator" },
    });
    tx.tell("permission_grant_changed", {
      actor: "operator",
      task_id: id,
      summary: `grant ${row.id} of ${row.action} was taken back`,
      correlation: { grant_id: row.id },
      attributes: { grant_id: row.id, action: row.action, change: "revoked", uses: row.uses },
    });
    return { task: { id, name }, grant: permissionGrantOf(row, tx.now) };
  });
}
