import type { PermissionCheck } from "@conveyor/contracts";
import { permissionActions } from "@conveyor/contracts/permissions";

/**
 * Whether the manager of a task may instruct this (spec 03 §6.6). `permissions_json` is what its configuration stores;
 * undefined when it has none, and then nothing is allowed. An alias needs all of its actions. Pure.
 */
export function checkPermission(required_permission: string, permissions_json: string | undefined): PermissionCheck {
  if (permissions_json === undefined) return { allowed: false, configured: false, required_permission };
  const granted = grantedActions(permissions_json);
  const actions = permissionActions(required_permission);
  const allowed = actions?.every((action) => granted.has(action)) ?? false;
  return { allowed, configured: true, required_permission };
}

function grantedActions(permissions_json: string): Set<string> {
  const granted = new Set<string>();
  const stored: unknown = JSON.parse(permissions_json);
  if (stored === null || typeof stored !== "object") return granted;
  for (const [category, actions] of Object.entries(stored)) {
    if (!Array.isArray(actions)) continue;
    for (const action of actions) granted.add(`${category}.${action}`);
  }
  return granted;
}
