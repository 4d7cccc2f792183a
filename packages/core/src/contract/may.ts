import type { PermissionReason } from "@conveyor/contracts";
import { permissionActions, readPermissions } from "@conveyor/contracts/contract/permissions";

/** All that decides whether a manager may do something, read in one transaction. */
export interface PermissionSnapshot {
  /** What the config of the task stores as permissions, in whatever form; undefined when it has no config. */
  permissions: unknown;
  /** The worker's newest handoff, or null. */
  handoff_id: unknown;
}

/** What somebody wants to know of a snapshot. */
export interface PermissionRequest {
  /** CATEGORY.ACTION or an alias; an alias is allowed only when all that it stands for is. */
  action: string;
  /** Allow it only once the worker has recorded a handoff. */
  require_handoff?: boolean;
}

/** The answer: allowed exactly when there is no reason against it. */
export interface PermissionVerdict {
  allowed: boolean;
  reasons: PermissionReason[];
}

/**
 * Whether the manager of a task may do this: the one answer for `manager-permission`, Dispatch, compaction and reviews
 * (spec 04 §3.2, §4.3; spec 03 §6.6). What is unknown, missing or not exactly a grant is denied (spec 00, ruling 8). Pure.
 */
export function mayHappen(
  snapshot: PermissionSnapshot,
  { action, require_handoff }: PermissionRequest,
): PermissionVerdict {
  const reasons: PermissionReason[] = [];
  if (snapshot.permissions === undefined) reasons.push("missing_manager_config");
  else if (!isGranted(snapshot.permissions, action)) reasons.push("permission_not_enabled");
  if (require_handoff !== undefined && require_handoff !== false && !isRowId(snapshot.handoff_id)) {
    reasons.push("missing_worker_handoff");
  }
  return { allowed: reasons.length === 0, reasons };
}

function isGranted(permissions: unknown, name: string): boolean {
  const { granted, revoked } = readPermissions(permissions);
  const actions = permissionActions(name) ?? [];
  return actions.length > 0 && actions.every((action) => granted.has(action) && !revoked.has(action));
}

function isRowId(value: unknown): boolean {
  return typeof value === "number" && Number.isInteger(value) && value > 0;
}
