import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeeperThan, JSON_LEVELS } from "@conveyor/contracts/limits";
import { findSandbox, type RunResult, run, runEnvironment } from "@conveyor/host";
import type { Ctx } from "../ctx.ts";
import { ALLOWED_CONTEXT } from "./review-context.ts";
import { type ReviewDocument, readReview } from "./review-document.ts";

const PROFILE = "deny-state-root-bound-session-and-db-read";
/** What is read of a reviewer's answer, in bytes; a longer one is none (spec 04 §4.12). */
const ANSWER_BYTES = 1024 * 1024;
/** How long it may take to end by itself once its time is over. */
const GRACE_MS = 2_000;
const ENVIRONMENT = ["LC_ALL", "LC_CTYPE", "PYTHONIOENCODING"] as const;

export interface ReviewerRequest {
  command: readonly string[];
  /** The document on its standard input. */
  context: Record<string, unknown>;
  reviewer_session_id: string;
  manager_session_id: string;
  timeout_ms: number;
  network: boolean;
  pass_env: readonly string[];
  rollouts: readonly string[];
}

/** What a sandbox hides from a reviewer: all that Conveyor keeps, the rollouts of both sides and the account's home. */
export function hiddenPaths(ctx: Ctx, rollouts: readonly string[]): string[] {
  const { state_root, ledger_path } = ctx.settings;
  const home = ctx.host.env["HOME"];
  const ledger = [ledger_path, `${ledger_path}-wal`, `${ledger_path}-shm`];
  const all = [...new Set([state_root, ...ledger, ...rollouts, ...(home ? [home] : [])])];
  // What lies in a hidden folder is hidden with it; named once more it would show that it is there.
  return all.filter((path) => !all.some((other) => path !== other && path.startsWith(`${other}/`)));
}

/** What is said of the sandbox before and after a run. */
export async function sandboxPlan(ctx: Ctx, rollouts: readonly string[], network: boolean) {
  const { engine, problem } = await findSandbox(ctx.host.env);
  return {
    engine: engine as string,
    enabled: engine !== "none",
    profile: PROFILE,
    network,
    denied_path_count: hiddenPaths(ctx, rollouts).length,
    ...(problem !== null && { setup_error: problem }),
  };
}

/**
 * Run a reviewer and read its review. Whatever goes wrong (no sandbox, no start, another exit code, no time left, no JSON, no
 * review) becomes a review that says stop, so that no failure is ever an approval (spec 04 §4.12).
 */
export async function runReviewerProgram(ctx: Ctx, request: ReviewerRequest): Promise<ReviewDocument> {
  const sandbox = await sandboxPlan(ctx, request.rollouts, request.network);
  const [runner = "", ...args] = request.command;
  const facts = {
    reviewer_session_id: request.reviewer_session_id,
    manager_session_id: request.manager_session_id,
    manager_rollout_access: false,
    runner,
    runner_arg_count: args.length,
    sandbox,
  };
  if (!sandbox.enabled) {
    const error = `there is no sandbox to run the reviewer in: ${sandbox.setup_error}`;
    return stopped(error, { ...facts, returncode: null, duration_ms: 0 });
  }
  const result = await runConfined(ctx, request);
  const seen = { ...facts, returncode: result.exit_code, duration_ms: result.duration_ms };
  const redacted = { stdout_redacted: result.stdout.bytes > 0, stderr_redacted: result.stderr.bytes > 0 };
  const problem = problemOf(result, request.timeout_ms);
  if (problem !== null) return stopped(problem, { ...seen, ...redacted });
  const answer = answerOf(result.stdout.head);
  if (answer === null) return stopped("the reviewer did not answer with one JSON object", { ...seen, ...redacted });
  const said = answer["subagent_run"];
  const own = said !== null && typeof said === "object" && !Array.isArray(said) ? said : {};
  const subagent_run = { ...own, ...seen, status: "succeeded", allowed_context: [...ALLOWED_CONTEXT] };
  const read = readReview({ ...answer, subagent_run });
  if (read.ok) return read.review;
  const wrong = read.problems.map(({ field, message }) => `${field} ${message}`).join("; ");
  return stopped(`the reviewer's answer is no review: ${wrong}`, { ...seen, ...redacted });
}

async function runConfined(ctx: Ctx, request: ReviewerRequest): Promise<RunResult> {
  const scratch = mkdtempSync(join(tmpdir(), "conveyor-review-"));
  try {
    return await run({
      argv: request.command,
      env: runEnvironment(ctx.host.env, {
        pass: [...ENVIRONMENT, ...request.pass_env],
        without_home: true,
        tmpdir: scratch,
      }),
      time_limit_ms: request.timeout_ms,
      grace_ms: GRACE_MS,
      input: JSON.stringify(request.context),
      head_bytes: ANSWER_BYTES,
      sandbox: "required",
      confinement: {
        cwd: scratch,
        writable: [scratch],
        hidden: hiddenPaths(ctx, request.rollouts),
        network: request.network,
      },
      signal: ctx.signal,
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function problemOf({ ending, exit_code, problem, stdout }: RunResult, timeout_ms: number): string | null {
  switch (ending) {
    case "exited":
      if (exit_code !== 0) return `the reviewer ended with ${exit_code}`;
      return stdout.bytes > ANSWER_BYTES ? "the reviewer's answer is longer than 1 MiB" : null;
    case "timed_out":
      return `the reviewer took longer than ${timeout_ms / 1000} s`;
    case "not_started":
      return `the reviewer could not be started: ${problem}`;
    default:
      return `the reviewer was ${ending}`;
  }
}

function answerOf(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = value !== null && typeof value === "object" && !Array.isArray(value);
    if (!isObject || isDeeperThan(value, JSON_LEVELS, { values: ANSWER_BYTES })) return null;
    return value as Record<string, unknown>;
  } catch {
    return null;
  }
}

/** A review of a run that failed: it stops everything and asks for a person, in every mode. */
function stopped(error: string, run_facts: Record<string, unknown>): ReviewDocument {
  return {
    agreement: "divergent",
    verdict: "stop",
    rationale: error,
    addendum: "The automatic review failed. A person has to look at both proposals before anything goes on.",
    subagent_run: { stdout_redacted: false, stderr_redacted: false, ...run_facts, status: "failed", error },
  };
}
