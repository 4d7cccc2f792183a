import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Input, Output, PluginStatus } from "@conveyor/contracts";
import { asConveyorError, ConveyorError } from "@conveyor/contracts/errors";
import { exec, type Finding, type PreflightReport } from "@conveyor/host";
import { sqliteProblem } from "@conveyor/store";
import type { HostCtx } from "../ctx.ts";
import { type Facts, withRemedy } from "./doctor-remedies.ts";
import { legacyFolders } from "./legacy-folders.ts";
import { packageInfo } from "./package-info.ts";
import { pluginStatusOf } from "./plugin-status.ts";

type Check = Output<"system.doctor">["checks"][number];

/** Programs of which the report says whether and where they are; the operator needs all of them. */
const COMMANDS = ["conveyor", "tmux", "workerctl"] as const;
type Paths = Record<(typeof COMMANDS)[number] | "agent" | "lsof" | "git" | "gh", string | null>;

/**
 * Look whether this machine can run agents under Conveyor (spec 01 §6.17). Always answers; `ok` is the verdict. Changes
 * nothing and opens no ledger.
 */
export async function doctor(ctx: HostCtx, input: Input<"system.doctor">): Promise<Output<"system.doctor">> {
  const target_cwd = input.cwd ?? process.cwd();
  const codex_home = input.codex_home ?? ctx.agents.standard.home ?? "";
  const { state_root } = ctx.settings;
  const program = packageInfo();
  const agent = ctx.agents.standard;
  const plugin = pluginStatusOf(agent, codex_home, program);
  const paths = await findPrograms(ctx);
  const report = await agent.launch.preflight({ path: paths.agent, ask: (argv) => outputOf(ctx, argv) });
  const checks = [
    ...(await necessaryChecks(ctx, paths, report, target_cwd)),
    ...(await advisoryChecks(ctx, paths, report, plugin)),
  ];
  const needed = [[agent.launch.program, paths.agent], ...COMMANDS.map((name) => [name, paths[name]])] as const;
  const found = needed.map(([name, path]) => [name, { ok: path !== null, path }] as const);
  return {
    ok: checks.every(({ ok, advisory }) => ok || advisory),
    operator_ready: found.every(([, { ok }]) => ok) && isComplete(plugin),
    platform: process.platform,
    checks,
    commands: Object.fromEntries(found) as Output<"system.doctor">["commands"],
    codex_home,
    package: program,
    project_root: projectRoot(target_cwd),
    runtime: { node: process.version, state_root, target_cwd },
    plugin,
    workers: legacyFolders(state_root),
  };
}

async function findPrograms(ctx: HostCtx): Promise<Paths> {
  const names = [...COMMANDS, "lsof", "git", "gh"].map((name) => [name, name] as const);
  const wanted = [["agent", ctx.agents.standard.launch.program] as const, ...names];
  const found = wanted.map(async ([key, name]) => [key, await ctx.host.processes.findExecutable(name)] as const);
  return Object.fromEntries(await Promise.all(found)) as Paths;
}

/** Whether the one binary part of the program loads on this Node. */
function sqliteFact(): Facts {
  const problem = sqliteProblem();
  const error = problem === null ? null : asConveyorError(problem).message;
  return {
    name: "sqlite_native",
    ok: error === null,
    value: `${process.version} ${process.platform}-${process.arch}`,
    error,
  };
}

async function necessaryChecks(
  ctx: HostCtx,
  paths: Paths,
  { installed, runs }: PreflightReport,
  target_cwd: string,
): Promise<Check[]> {
  const facts: (Facts | Finding)[] = [
    { name: "tmux", ok: paths.tmux !== null, path: paths.tmux },
    installed,
    sqliteFact(),
  ];
  if (paths.tmux !== null) {
    const value = await outputOf(ctx, [paths.tmux, "-V"]);
    facts.push({ name: "tmux_version", ok: value !== null, value: value?.trim() ?? null });
  }
  if (runs !== null) facts.push(runs);
  facts.push({ name: "target_cwd_exists", ok: isFolder(target_cwd), path: target_cwd });
  return facts.map((fact) => withRemedy(fact, { advisory: false }));
}

async function advisoryChecks(
  ctx: HostCtx,
  paths: Paths,
  { advice }: PreflightReport,
  plugin: PluginStatus,
): Promise<Check[]> {
  const { state_root, ledger_path, program } = ctx.settings;
  const missing = plugin.skills.filter(({ installed }) => !installed).map(({ name }) => name);
  const outdated = plugin.skills.filter((skill) => skill.installed && !skill.current).map(({ name }) => name);
  const found = (await inLoginShell(ctx, "command -v conveyor"))?.trim() ?? "";
  const facts: (Facts | Finding)[] = [
    { name: "state_root_exists", ok: isFolder(state_root), path: state_root },
    { name: "conveyor_on_path", ok: paths.conveyor !== null, path: paths.conveyor },
    { name: "workerctl_on_path", ok: paths.workerctl !== null, path: paths.workerctl },
    { name: "conveyor_on_login_path", ok: found !== "", path: found || null },
    { name: "runs_in_login_shell", ok: (await inLoginShell(ctx, `${program} --version`)) !== null, value: program },
    { name: "plugin_installed", ok: plugin.installed, path: plugin.paths.plugin_install_root },
    { name: "plugin_version_matches", ok: plugin.version_matches, value: plugin.installed_version },
    { name: "plugin_skills_installed", ok: missing.length + outdated.length === 0, missing, outdated },
    { name: "lsof_or_proc", ok: paths.lsof !== null || existsSync("/proc/self/fd"), path: paths.lsof },
    ...advice,
    { name: "git", ok: paths.git !== null, path: paths.git },
    { name: "gh", ok: paths.gh !== null, path: paths.gh },
    { name: "ledger", ok: existsSync(ledger_path), path: ledger_path },
  ];
  return facts.map((fact) => withRemedy(fact, { advisory: true }));
}

/** What a command prints in a login shell, in which agents run theirs; null when it fails. */
function inLoginShell(ctx: HostCtx, script: string): Promise<string | null> {
  return outputOf(ctx, ["bash", "-lc", script]);
}

/** What the program prints, null when it cannot be run or fails. */
async function outputOf(ctx: HostCtx, argv: readonly string[]): Promise<string | null> {
  try {
    const { exit_code, stdout } = await exec(argv, { env: ctx.host.env, signal: ctx.signal });
    return exit_code === 0 ? stdout : null;
  } catch (thrown) {
    if (thrown instanceof ConveyorError && thrown.code !== "interrupted") return null;
    throw thrown;
  }
}

function isComplete(plugin: PluginStatus): boolean {
  return plugin.installed && plugin.version_matches && plugin.skills.every(({ current }) => current);
}

/** The enclosing folder that is a repository or has a state root, else the folder itself. */
function projectRoot(cwd: string): string {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".git")) || existsSync(join(folder, ".codex-workers"))) return folder;
    if (folder === dirname(folder)) return cwd;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
