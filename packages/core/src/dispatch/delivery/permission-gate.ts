import type { PermissionCheck } from "@conveyor/contracts";
import { permissionActions, readPermissions } from "@conveyor/contracts/contract/permissions";
import { parsed } from "../../shared/parsed.ts";

/**
 * Whether the manager of a task may instruct this (spec 03 §6.6). `permissions_json` is what its configuration stores;
 * undefined when it has none, and then nothing is allowed. An alias needs all of its actions. What is not exactly a grant
 * counts as denied (spec 00, ruling 8). Pure.
 */
export function checkPermission(required_permission: string, permissions_json: string | undefined): PermissionCheck {
  if (permissions_json === undefined) return { allowed: false, configured: false, required_permission };
  const { granted, revoked } = readPermissions(parsed(permissions_json));
  const actions = permissionActions(required_permission) ?? [];
  const allowed = actions.length > 0 && actions.every((action) => granted.has(action) && !revoked.has(action));
  return { allowed, configured: true, required_permission };
}
