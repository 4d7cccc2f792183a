import type { GrantedPermissions } from "@conveyor/contracts";
import { PERMISSIONS, permissionActions } from "@conveyor/contracts/permissions";

const CATEGORIES: Readonly<Record<string, readonly string[]>> = PERMISSIONS;

/** Every category, nothing granted. */
export function noPermissions(): GrantedPermissions {
  return Object.fromEntries(Object.keys(CATEGORIES).map((category) => [category, []]));
}

/**
 * Any stored or supplied permission object in the form of the taxonomy: a category's list keeps its known actions, any
 * other key with a true value grants what that name stands for, the rest is dropped (spec 04 §3.2). Pure.
 */
export function normalisePermissions(supplied: Readonly<Record<string, unknown>>): GrantedPermissions {
  return overridePermissions(noPermissions(), supplied).permissions;
}

/** Add what these names or aliases stand for; unknown ones become warnings (spec 04 §4.2.1 step 2). Pure. */
export function grantPermissions(
  permissions: GrantedPermissions,
  names: readonly string[],
): { permissions: GrantedPermissions; warnings: string[] } {
  const granted = new Set(flat(permissions));
  const warnings: string[] = [];
  for (const name of names) {
    const actions = permissionActions(name);
    if (actions === undefined) warnings.push(`unknown_permission: ${name.trim()}`);
    for (const action of actions ?? []) granted.add(action);
  }
  return { permissions: byCategory(granted), warnings };
}

/**
 * Apply a permission object over what is granted: first every category with a list, which is replaced, then every single
 * name, which is granted or revoked; so the order of keys does not matter (spec 04 §4.2.1 step 3). Pure.
 */
export function overridePermissions(
  permissions: GrantedPermissions,
  supplied: Readonly<Record<string, unknown>>,
): { permissions: GrantedPermissions; warnings: string[] } {
  const granted = new Set(flat(permissions));
  const warnings: string[] = [];
  for (const [category, actions] of Object.entries(supplied)) {
    const known = Object.hasOwn(CATEGORIES, category) ? CATEGORIES[category] : undefined;
    if (known === undefined) continue;
    if (!Array.isArray(actions)) {
      warnings.push(`permission_category_is_no_list: ${category}`);
      continue;
    }
    for (const action of known) granted.delete(`${category}.${action}`);
    for (const action of actions.map(String)) {
      if (known.includes(action)) granted.add(`${category}.${action}`);
      else warnings.push(`unknown_permission: ${category}.${action}`);
    }
  }
  for (const [name, value] of Object.entries(supplied)) {
    if (Object.hasOwn(CATEGORIES, name)) continue;
    const actions = permissionActions(name);
    if (actions === undefined) warnings.push(`unknown_permission: ${name}`);
    for (const action of actions ?? []) {
      if (value) granted.add(action);
      else granted.delete(action);
    }
  }
  return { permissions: byCategory(granted), warnings };
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
