import type { PermissionReason } from "@conveyor/contracts";
import { permissionActions, readPermissions } from "@conveyor/contracts/contract/permissions";
import { coveringGrants, type GrantScope, type ScopedGrant } from "./scoped-grants.ts";

/** All that decides whether a manager may do something, read in one transaction. */
export interface PermissionSnapshot {
  /** What the config of the task stores as permissions, in whatever form; undefined when it has no config. */
  permissions: unknown;
  /** The worker's newest handoff, or null. */
  handoff_id: unknown;
  /** What was granted beside the config, within bounds. */
  grants?: readonly ScopedGrant[] | undefined;
}

/** What somebody wants to know of a snapshot. */
export interface PermissionRequest {
  /** CATEGORY.ACTION or an alias; an alias is allowed only when all that it stands for is. */
  action: string;
  /** Allow it only once the worker has recorded a handoff. */
  require_handoff?: boolean;
  /** Where it is to be done, for grants that are bound to a place; without it no grant beside the config counts. */
  scope?: GrantScope | undefined;
}

/** The answer: allowed exactly when there is no reason against it. */
export interface PermissionVerdict {
  allowed: boolean;
  reasons: PermissionReason[];
  /** The grants that it rests on, to be used up by whoever does it; absent where the config allows it by itself. */
  grant_ids?: number[];
}

/**
 * Whether the manager of a task may do this: the one answer for `manager-permission`, Dispatch, compaction and reviews
 * (spec 04 §3.2, §4.3; spec 03 §6.6). What is unknown, missing or not exactly a grant is denied (spec 00, ruling 8). Pure.
 */
export function mayHappen(
  snapshot: PermissionSnapshot,
  { action, require_handoff, scope }: PermissionRequest,
): PermissionVerdict {
  const reasons: PermissionReason[] = [];
  const isStanding = snapshot.permissions !== undefined && isGranted(snapshot.permissions, action);
  const grant_ids = isStanding || scope === undefined ? null : coverFor(snapshot, action, scope);
  if (snapshot.permissions === undefined) reasons.push("missing_manager_config");
  else if (!isStanding && grant_ids === null) reasons.push("permission_not_enabled");
  if (require_handoff !== undefined && require_handoff !== false && !isRowId(snapshot.handoff_id)) {
    reasons.push("missing_worker_handoff");
  }
  const allowed = reasons.length === 0;
  return { allowed, reasons, ...(allowed && grant_ids !== null && { grant_ids }) };
}

/** Grants for what the config does not allow of an action; null when they do not do. */
function coverFor(
  { permissions, grants = [] }: PermissionSnapshot,
  action: string,
  scope: GrantScope,
): number[] | null {
  const missing = (permissionActions(action) ?? []).filter((one) => !isGranted(permissions, one));
  return coveringGrants(grants, missing, scope);
}

function isGranted(permissions: unknown, name: string): boolean {
  const { granted, revoked } = readPermissions(permissions);
  const actions = permissionActions(name) ?? [];
  return actions.length > 0 && actions.every((action) => granted.has(action) && !revoked.has(action));
}

function isRowId(value: unknown): boolean {
  return typeof value === "number" && Number.isInteger(value) && value > 0;
}
