/**
 * What a manager may be allowed to instruct, by category (spec 03 §6.6). The order inside a category is the order in
 * which documents list them.
 */
export const PERMISSIONS = {
  communication: ["comment_on_pr", "notify_operator"],
  context: ["spawn_reviewer", "fetch_prs", "fetch_issues"],
  repo: ["open_pr", "push_branch", "monitor_ci", "resolve_conflicts", "merge_green_pr"],
  verification: ["run_playwright", "run_xcodebuild", "run_pytest", "run_cargo"],
  worker_session: ["compact", "clear", "interrupt", "stop"],
} as const satisfies Record<string, readonly string[]>;

const CATEGORIES: Readonly<Record<string, readonly string[]>> = PERMISSIONS;

export type PermissionCategory = keyof typeof PERMISSIONS;

/** Older names and the actions they stand for; an alias is granted only when all of them are. */
export const PERMISSION_ALIASES: Readonly<Record<string, readonly string[]>> = {
  allow_pr: ["repo.open_pr"],
  create_pr: ["repo.open_pr"],
  allow_merge_green: ["repo.merge_green_pr"],
  merge_green_pr: ["repo.merge_green_pr"],
  allow_worker_compact_clear: ["worker_session.compact", "worker_session.clear"],
  worker_compact_clear: ["worker_session.compact", "worker_session.clear"],
};

/** Every action as `<category>.<action>`. */
export const PERMISSION_ACTIONS: readonly string[] = Object.entries(PERMISSIONS).flatMap(([category, actions]) =>
  actions.map((action) => `${category}.${action}`),
);

/** The actions that a name or alias stands for, or undefined when there is no such permission. */
export function permissionActions(name: string): readonly string[] | undefined {
  const trimmed = name.trim();
  if (Object.hasOwn(PERMISSION_ALIASES, trimmed)) return PERMISSION_ALIASES[trimmed];
  return PERMISSION_ACTIONS.includes(trimmed) ? [trimmed] : undefined;
}

/** What a permission object changes: a category's list replaces that category, a name grants or revokes (spec 04 §4.2.1). */
export type PermissionChanges = Readonly<Record<string, boolean | readonly string[]>>;

/** What a permission object says, once it is read. */
export interface ReadPermissions {
  /** Categories that are given as a list. */
  replaced: string[];
  granted: Set<string>;
  /** Wins over what is granted. */
  revoked: Set<string>;
  /** What is not exactly as ruling 8 of spec 00 wants it, each as one sentence. */
  problems: string[];
}

/**
 * Read a permission object exactly (spec 00, ruling 8): only the boolean `true` grants, a list holds known actions of its
 * category. Whatever has another form is a problem and is denied: a name with another value is revoked, a list with
 * something else than texts grants nothing. The order of keys does not matter. Pure.
 */
export function readPermissions(supplied: unknown): ReadPermissions {
  const read: ReadPermissions = { replaced: [], granted: new Set(), revoked: new Set(), problems: [] };
  if (supplied === null || typeof supplied !== "object" || Array.isArray(supplied)) {
    read.problems.push("permissions must be an object");
    return read;
  }
  for (const [name, value] of Object.entries(supplied)) {
    if (Object.hasOwn(CATEGORIES, name)) readCategory(read, name, value);
    else readName(read, name, value);
  }
  return read;
}

function readCategory(read: ReadPermissions, category: string, value: unknown): void {
  const known = CATEGORIES[category] ?? [];
  read.replaced.push(category);
  if (!Array.isArray(value) || !value.every((action) => typeof action === "string")) {
    read.problems.push(`${category} must be a list of action names (${known.join(", ")})`);
    return;
  }
  for (const action of value) {
    if (known.includes(action)) read.granted.add(`${category}.${action}`);
    else read.problems.push(`${category} has no action ${JSON.stringify(action)}, only ${known.join(", ")}`);
  }
}

function readName(read: ReadPermissions, name: string, value: unknown): void {
  const actions =
    Object.hasOwn(PERMISSION_ALIASES, name) || PERMISSION_ACTIONS.includes(name) ? permissionActions(name) : undefined;
  if (actions === undefined) {
    read.problems.push(`there is no permission ${JSON.stringify(name)}`);
    return;
  }
  if (typeof value !== "boolean") read.problems.push(`${name} must be true or false`);
  for (const action of actions) (value === true ? read.granted : read.revoked).add(action);
}
