import { lstatSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Env } from "@conveyor/contracts/env";
import { isVariableName } from "./environment.ts";
import { type ExecResult, exec } from "./exec.ts";

export type GitSetting = readonly [name: string, value: string];

export interface GitOptions {
  /** What git sees, but for what a caller inside a git hook has set: that means the hook's repository, not this one. */
  env: Env;
  signal?: AbortSignal | undefined;
  /** Settings beside those that keep it quiet; see `ownFiltersOff` for who lets it read files. */
  settings?: readonly GitSetting[] | undefined;
  /** Default: 2 minutes. */
  time_limit_ms?: number | undefined;
  /** Default: 256 MiB. */
  max_output_bytes?: number | undefined;
}

/** Ask git something. What stands behind `input` is given to it on its standard input. */
export type Git = (args: readonly string[], input?: string) => Promise<ExecResult>;

const TIME_LIMIT_MS = 120_000;
const MOST_BYTES = 256 * 1024 * 1024;

/** What a repository's own configuration, which whoever works in it can write, could say to have something run. */
const QUIET: readonly GitSetting[] = [
  ["core.fsmonitor", "false"],
  ["core.hooksPath", "/dev/null"],
];

/**
 * git in a folder, which asks nobody, fetches nothing, takes no lock that it can do without, and runs no hook and no monitor
 * that the repository names.
 */
export function gitIn(folder: string, options: GitOptions): Git {
  const { signal, time_limit_ms = TIME_LIMIT_MS, max_output_bytes = MOST_BYTES } = options;
  const env = environmentOf(options);
  return (args, input) => exec(["git", "-C", folder, ...args], { env, input, signal, time_limit_ms, max_output_bytes });
}

/**
 * Settings for whoever has git read files: they turn off the programs that the repository's own configuration would have run
 * on the content of files; those of the user's configuration stay.
 */
export async function ownFiltersOff(folder: string, options: GitOptions): Promise<GitSetting[]> {
  const git = gitIn(folder, options);
  const listed = await git(["config", "--show-scope", "-z", "--name-only", "--get-regexp", "^filter\\."]);
  const fields = listed.stdout.split("\0");
  const off: GitSetting[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [scope, name = ""] = [fields[at], fields[at + 1]];
    if (scope !== "local" && scope !== "worktree") continue;
    off.push([name, name.endsWith(".required") ? "false" : ""]);
  }
  return off;
}

/** Settings go in as variables, because a name may hold what the command line would part it by. */
function environmentOf({ env, settings = [] }: GitOptions): Env {
  const without = Object.entries(env).filter(([name]) => isVariableName(name) && !name.startsWith("GIT_"));
  const all = [...QUIET, ...settings];
  const given = all.flatMap(([name, value], at) => [
    [`GIT_CONFIG_KEY_${at}`, name] as const,
    [`GIT_CONFIG_VALUE_${at}`, value] as const,
  ]);
  return {
    ...Object.fromEntries(without),
    ...Object.fromEntries(given),
    GIT_CONFIG_COUNT: String(all.length),
    GIT_OPTIONAL_LOCKS: "0",
    GIT_NO_LAZY_FETCH: "1",
    GIT_TERMINAL_PROMPT: "0",
    LC_ALL: "C",
  };
}

/** What stands where the repository that a folder lies in has its `.git`; undefined where there is none. */
export function enclosingRepository(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const candidate = join(at, ".git");
    // A repository that is checked in stands under another name: git tracks nothing called .git.
    if (mayBeRepository(candidate)) return candidate;
    if (dirname(at) === at) return undefined;
  }
}

/**
 * An empty folder is none to git either, which looks on above it: sandboxes of agents leave one for a moment where they
 * forbid a repository. One that lacks a part may be damaged, and then git is asked and cannot tell.
 */
function mayBeRepository(candidate: string): boolean {
  const found = lstatSync(candidate, { throwIfNoEntry: false });
  if (found === undefined) return false;
  return !found.isDirectory() || readdirSync(candidate).length > 0;
}
