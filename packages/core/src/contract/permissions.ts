import type { GrantedPermissions } from "@conveyor/contracts";
import {
  PERMISSIONS,
  type PermissionChanges,
  permissionActions,
  type ReadPermissions,
  readPermissions,
} from "@conveyor/contracts/contract/permissions";
import { ConveyorError } from "@conveyor/contracts/errors";

const CATEGORIES: Readonly<Record<string, readonly string[]>> = PERMISSIONS;

/** Every category, nothing granted. */
export function noPermissions(): GrantedPermissions {
  return Object.fromEntries(Object.keys(CATEGORIES).map((category) => [category, []]));
}

/**
 * A stored permission object in the form of the taxonomy. What is not exactly a grant counts as denied, here as at
 * Dispatch's gate (spec 00, ruling 8; 04 §3.2). Pure.
 */
export function normalisePermissions(stored: unknown): GrantedPermissions {
  return apply(new Set(), readPermissions(stored));
}

/** Permissions after a list of names was applied, and the names that mean nothing. */
interface ChangedPermissions {
  permissions: GrantedPermissions;
  warnings: string[];
}

/** Add what these names or aliases stand for; unknown ones become warnings (spec 04 §4.2.1 step 2). Pure. */
export function grantPermissions(permissions: GrantedPermissions, names: readonly string[]): ChangedPermissions {
  return change(permissions, names, (granted, action) => granted.add(action));
}

/** Take away what these names or aliases stand for; unknown ones become warnings (spec 04 §8). Pure. */
export function revokePermissions(permissions: GrantedPermissions, names: readonly string[]): ChangedPermissions {
  return change(permissions, names, (granted, action) => granted.delete(action));
}

function change(
  permissions: GrantedPermissions,
  names: readonly string[],
  apply: (granted: Set<string>, action: string) => unknown,
): ChangedPermissions {
  const granted = new Set(flat(permissions));
  const warnings: string[] = [];
  for (const name of names) {
    const actions = permissionActions(name);
    if (actions === undefined) warnings.push(`unknown_permission: ${name.trim()}`);
    for (const action of actions ?? []) apply(granted, action);
  }
  return { permissions: byCategory(granted), warnings };
}

/**
 * Apply a permission object over what is granted: first every category with a list, which is replaced, then every single
 * name, which is granted or revoked; so the order of keys does not matter (spec 04 §4.2.1 step 3). Pure. Throws
 * `invalid_input` for anything but lists of known actions and names with a boolean (spec 00, ruling 8).
 */
export function overridePermissions(permissions: GrantedPermissions, supplied: PermissionChanges): GrantedPermissions {
  const read = readPermissions(supplied);
  if (read.problems.length > 0) {
    throw new ConveyorError("invalid_input", read.problems.join("; "), {
      hint: 'give lists of actions by category, or names with true or false: {"repo":["open_pr"],"worker_session.compact":true}',
      details: { field: "permissions", problems: read.problems },
    });
  }
  return apply(new Set(flat(permissions)), read);
}

function apply(before: ReadonlySet<string>, read: ReadPermissions): GrantedPermissions {
  const kept = [...before].filter((action) => !read.replaced.some((category) => action.startsWith(`${category}.`)));
  const granted = new Set([...kept, ...read.granted]);
  for (const action of read.revoked) granted.delete(action);
  return byCategory(granted);
}

function flat(permissions: GrantedPermissions): string[] {
  return Object.entries(permissions).flatMap(([category, actions]) => actions.map((action) => `${category}.${action}`));
}

function byCategory(granted: ReadonlySet<string>): GrantedPermissions {
  return Object.fromEntries(
    Object.entries(CATEGORIES).map(([category, actions]) => [
      category,
      actions.filter((action) => granted.has(`${category}.${action}`)).sort(),
    ]),
  );
}
