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
