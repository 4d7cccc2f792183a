import type { Input, Output } from "@conveyor/contracts";
import { PERMISSIONS, permissionActions } from "@conveyor/contracts/contract/permissions";
import { ConveyorError } from "@conveyor/contracts/errors";
import { nearest } from "@conveyor/contracts/nearest";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";
import { mayHappen, type PermissionVerdict } from "./may.ts";
import { askOperator } from "./operator-items.ts";
import { findManagerConfig } from "./record-config.ts";
import { grantsOfTask, useGrants } from "./scoped-grants.ts";

const CATEGORIES: Readonly<Record<string, readonly string[]>> = PERMISSIONS;

type Asked = Input<"contract.checkPermission">;

/**
 * Whether the manager of a task may do something, or what it may do in a category; the check is recorded whatever it says
 * (spec 04 §4.3). Throws `not_found`, `unknown_permission`, and `usage` for a category without `list` and the reverse.
 */
export async function checkPermission(ctx: Ctx, input: Asked): Promise<Output<"contract.checkPermission">> {
  return ctx.store.write(async (tx) => {
    const { id, name } = resolveTask(tx, input.task);
    assertAskable(input);
    const config = await findManagerConfig(tx, id);
    const handoff = await tx.db.worker_handoffs.findFirst({
      where: { task_id: id },
      orderBy: { seq: "desc" },
      select: { id: true },
    });
    const handoff_id = handoff?.id ?? null;
    const category = input.list ? input.permission.trim() : null;
    const { branch, pull_request } = input;
    const { allowed, reasons, grant_ids } =
      category === null
        ? mayHappen(
            { permissions: config?.permissions, handoff_id, grants: await grantsOfTask(tx, id) },
            {
              action: input.permission,
              require_handoff: input.require_handoff,
              scope: { now: tx.now, branch, pull_request },
            },
          )
        : listingVerdict(config !== null);
    const answer = {
      task: { id, name },
      action: input.permission,
      allowed,
      reasons,
      handoff_id,
      listed_permissions: category === null || config === null ? null : (config.permissions[category] ?? []),
      require_handoff: input.require_handoff,
    };
    tx.tell("manager_permission_checked", {
      task_id: id,
      severity: allowed ? "info" : "warning",
      summary: `${allowed ? "allowed" : "denied"}: ${input.permission}`,
      correlation: { action: input.permission, handoff_id },
      attributes: { allowed, reasons, require_handoff: input.require_handoff },
      payload: { ...answer, config_revision: config?.revision ?? null },
    });
    if (grant_ids !== undefined && input.use) await useGrants(tx, id, grant_ids);
    const item =
      input.require && !allowed
        ? await askOperator(
            tx,
            { id, name },
            { kind: "permission", subject: input.permission.trim(), refs: { reasons } },
          )
        : undefined;
    return {
      ...answer,
      config,
      ...(grant_ids !== undefined && { grant_ids }),
      ...(item !== undefined && { operator_item_id: item.id }),
    };
  });
}

/** A list asks for nothing: it is refused only where there is nothing to list from. */
function listingVerdict(has_config: boolean): PermissionVerdict {
  return has_config ? { allowed: true, reasons: [] } : { allowed: false, reasons: ["missing_manager_config"] };
}

/** Names are judged even when there is no config, so that a typing error is never taken for a denial. */
function assertAskable({ permission, list }: Asked): void {
  const name = permission.trim();
  const isCategory = Object.hasOwn(CATEGORIES, name);
  if (list && isCategory) return;
  if (list) {
    throw new ConveyorError("usage", `--list takes a category, not ${JSON.stringify(name)}`, {
      hint: `the categories are ${Object.keys(CATEGORIES).join(", ")}`,
    });
  }
  if (isCategory) {
    throw new ConveyorError("usage", `${name} is a category: name one of its actions, or add --list`, {
      hint: `its actions are ${CATEGORIES[name]?.map((action) => `${name}.${action}`).join(", ")}`,
    });
  }
  if (permissionActions(name) !== undefined) return;
  const known = Object.entries(CATEGORIES).flatMap(([category, actions]) => actions.map((own) => `${category}.${own}`));
  const near = nearest(name, known);
  throw new ConveyorError("unknown_permission", `there is no permission ${JSON.stringify(name)}`, {
    hint: near === undefined ? `choose one of ${known.join(", ")}` : `did you mean ${near}?`,
    details: { permission: name, known },
  });
}
