import { dirname } from "node:path";
import type { Proposal } from "@conveyor/contracts";
import type { Env } from "@conveyor/contracts/env";
import { type ExecOptions, exec, type Git, gitIn, ownFiltersOff } from "@conveyor/host";
import { maskSecrets, type ReadTx } from "@conveyor/store";
import { findManagerConfig } from "../contract/record-config.ts";
import { criteriaOf } from "../criteria/criterion.ts";
import type { Ctx } from "../ctx.ts";
import { recordPlaceOf } from "../shared/recorded.ts";

/** All that a reviewer is given; nothing of a rollout is among it (spec 04 §4.12). */
export const ALLOWED_CONTEXT = [
  "task",
  "correlation_id",
  "worker_continuation",
  "manager_continuation",
  "acceptance_criteria",
  "manager_config_summary",
  "diff",
  "recent_pull_requests",
  "constraints",
] as const;

const PROGRAM_LIMIT_MS = 10_000;
/** Characters that are kept of each view of the changes. */
const DIFF_CHARACTERS = 5_000;
const ERROR_CHARACTERS = 1_000;

/** What the ledger says of a turn that is to be reviewed, and where its files and rollouts are. */
export interface ReviewSubject {
  task: { id: string; name: string; goal: string; state: string };
  correlation_id: string;
  worker: Proposal;
  manager: Proposal;
  /** The folder of the worker, else the project's. */
  folder: string;
  /** What a reviewer must not read besides the state root. */
  rollouts: string[];
  stored: Record<string, unknown>;
}

type Subject = Pick<ReviewSubject, "correlation_id" | "manager" | "task" | "worker">;

/** Read it in one transaction. */
export async function readReviewSubject(ctx: Ctx, tx: ReadTx, subject: Subject): Promise<ReviewSubject> {
  const { task, correlation_id, worker, manager } = subject;
  const config = await findManagerConfig(tx, task.id);
  const binding = await tx.db.bindings.findFirst({
    where: { task_id: task.id },
    orderBy: { seq: "desc" },
    include: { worker_session: true, manager_session: true },
  });
  const sessions = [binding?.worker_session, binding?.manager_session].filter((own) => own != null);
  const shown = ({ id, revision, created_at, payload }: Proposal) => ({ id, revision, created_at, payload });
  return {
    ...subject,
    folder: binding?.worker_session?.cwd || dirname(ctx.settings.state_root),
    rollouts: sessions.map((session) => recordPlaceOf(session).record_path).filter((path) => path !== null),
    stored: {
      allowed_context: [...ALLOWED_CONTEXT],
      task: { id: task.id, name: task.name, goal: task.goal, state: task.state },
      correlation_id,
      worker_continuation: shown(worker),
      manager_continuation: shown(manager),
      acceptance_criteria: criteriaOf(tx, task.id),
      manager_config_summary: config && {
        acceptance_criteria: config.acceptance_criteria,
        epilogues: config.epilogues,
        nudge_on_completion: config.nudge_on_completion,
        permissions: config.permissions,
        tools: config.tools,
        recipe_name: config.recipe_name,
      },
      constraints: {
        read_only: true,
        manager_rollout_access: false,
        return_json_schema: {
          type: "object",
          required: ["agreement", "verdict", "rationale"],
          properties: {
            agreement: { enum: ["match", "compatible", "divergent"] },
            verdict: { enum: ["proceed", "amend", "stop"] },
            rationale: { type: "string" },
            addendum: { type: "string" },
          },
        },
      },
    },
  };
}

/** The whole context, with what git and gh say in the worker's folder; holds no transaction. */
export async function reviewContextOf(
  ctx: Ctx,
  { folder, stored }: ReviewSubject,
  with_patch: boolean,
): Promise<Record<string, unknown>> {
  await ctx.host.mayAct();
  const options = { cwd: folder, time_limit_ms: PROGRAM_LIMIT_MS, env: ctx.host.env, signal: ctx.signal };
  return {
    ...stored,
    diff: await diffOf(folder, options, with_patch),
    recent_pull_requests: await pullRequests(options),
  };
}

async function diffOf(folder: string, options: ExecOptions & { env: Env }, with_patch: boolean) {
  // Where it cannot be kept quiet, it is not asked, and the reviewer is told why.
  const git = await quietGit(folder, options).catch((thrown: unknown) => async () => Promise.reject(thrown));
  const base = await defaultBranch(git);
  const views: readonly [name: string, args: readonly string[]][] = [
    ["branch_diff_stat", ["diff", "--stat", `${base}...HEAD`]],
    ["branch_diff_name_only", ["diff", "--name-only", `${base}...HEAD`]],
    ["working_tree_diff_stat", ["diff", "--stat", "HEAD"]],
    ["working_tree_diff_name_only", ["diff", "--name-only", "HEAD"]],
  ];
  const seen: Record<string, string | null> = { error: null };
  for (const [name, args] of views) {
    const { text, error } = await told(git, args);
    seen[name] = text.slice(-DIFF_CHARACTERS);
    seen["error"] ??= error?.slice(-ERROR_CHARACTERS) ?? null;
  }
  if (with_patch) {
    // Against where the branch began, so that it holds what is committed and what is not.
    const { text: began } = await told(git, ["merge-base", base, "HEAD"]);
    const { text } = await told(git, ["diff", began.trim() || "HEAD"]);
    seen["patch"] = maskSecrets(text.slice(-PATCH_CHARACTERS)) as string;
  }
  return seen;
}

/** What is shown of a patch: its end. */
const PATCH_CHARACTERS = 64 * 1024;

/** The branch that others merge into: what the remote says, else one of the usual names. */
async function defaultBranch(git: Git): Promise<string> {
  const { text } = await told(git, ["symbolic-ref", "--short", "refs/remotes/origin/HEAD"]);
  if (text.trim() !== "") return text.trim();
  for (const name of ["main", "master", "trunk"]) {
    const { error } = await told(git, ["rev-parse", "--verify", "--quiet", `refs/heads/${name}`]);
    if (error === null) return name;
  }
  return "HEAD";
}

/** Configured helpers of a repository are not run, on the content of files neither: nothing but git itself looks at it. */
async function quietGit(folder: string, { env, signal, time_limit_ms }: ExecOptions & { env: Env }): Promise<Git> {
  const settings = await ownFiltersOff(folder, { env, signal, time_limit_ms });
  return gitIn(folder, { env, signal, time_limit_ms, settings });
}

async function told(git: Git, args: readonly string[]): Promise<{ text: string; error: string | null }> {
  try {
    const flags = args[0] === "diff" ? ["--no-ext-diff", "--no-textconv", "--no-color"] : [];
    const { exit_code, stdout, stderr } = await git([...args, ...flags]);
    return exit_code === 0
      ? { text: stdout, error: null }
      : { text: "", error: stderr.trim() || `git ended with ${exit_code}` };
  } catch (thrown) {
    return { text: "", error: (thrown as Error).message };
  }
}

async function pullRequests(options: ExecOptions): Promise<unknown[]> {
  const argv = ["gh", "pr", "list", "--state", "all", "--limit", "5", "--json", "number,title,state,mergedAt,url"];
  try {
    const { exit_code, stdout } = await exec(argv, options);
    const list: unknown = exit_code === 0 ? JSON.parse(stdout) : [];
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}
