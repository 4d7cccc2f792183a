/** Environment variables as a program gets them. A variable without a value is absent. */
export type Env = Readonly<Record<string, string | undefined>>;

const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Whether `name` can be an environment variable that shells and tmux accept. */
export function isVariableName(name: string): boolean {
  return VARIABLE_NAME.test(name);
}

const PACKAGE_MANAGER_VARIABLES = [/^npm_/, /^NPM_/, /^PNPM_SCRIPT_SRC_DIR$/];

/**
 * Names in `names` that a package manager left behind when it ran us. An agent must not inherit them: they redirect
 * the agent's own npm calls to our project (spec 01 §5.3 step 3).
 */
export function packageManagerVariables(names: Iterable<string>): string[] {
  return [...names].filter((name) => PACKAGE_MANAGER_VARIABLES.some((pattern) => pattern.test(name)));
}

/** A copy of `env` without the variables that a package manager left behind. */
export function withoutPackageManager(env: Env): Env {
  const leftBehind = new Set(packageManagerVariables(Object.keys(env)));
  return Object.fromEntries(Object.entries(env).filter(([name]) => !leftBehind.has(name)));
}
