import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, realpath } from "node:fs/promises";
import { join } from "node:path";
import type { Env } from "@conveyor/contracts/env";
import { type Git, gitIn, type RunResult, realPath, type Tree } from "@conveyor/host";
import { RE2JS } from "re2js";
import type { CommandCheck, FileSpec, RepoSpec } from "./definition.ts";

/** What came of a check; `reason` says why it did not pass. */
export interface Verdict {
  state: "passed" | "failed" | "error" | "timed_out" | "cancelled";
  reason: string | null;
}

export const PASSED_VERDICT: Verdict = { state: "passed", reason: null };
export const failedVerdict = (reason: string): Verdict => ({ state: "failed", reason });

/** Files of which a text is looked for are read this far. */
const MOST_BYTES = 64 * 1024 * 1024;

/** What a run of a command says. Whatever is not plainly a pass is none. Pure. */
export function commandVerdict(spec: CommandCheck, result: RunResult): Verdict {
  switch (result.ending) {
    case "exited":
      break;
    case "timed_out":
      return { state: "timed_out", reason: "the time limit was over" };
    case "cancelled":
      return { state: "cancelled", reason: "it was cancelled" };
    case "signalled":
      return failedVerdict(`it was ended by ${result.exit_signal}`);
    default:
      return { state: "error", reason: result.problem ?? "it could not be started" };
  }
  if (result.exit_code !== spec.expect_exit) {
    return failedVerdict(`exit code ${result.exit_code} instead of ${spec.expect_exit}`);
  }
  const { head, tail, bytes } = result.stdout;
  const isWhole = bytes <= Buffer.byteLength(head);
  // The beginning is looked at, and of what is longer the end too.
  const looked_at = isWhole ? head : `${head}\n${tail}`;
  const fits = (pattern: string) => RE2JS.compile(pattern).matcher(looked_at).find();
  if (spec.expect_stdout !== null && !fits(spec.expect_stdout))
    return failedVerdict("it did not print what is expected");
  if (spec.reject_stdout === null) return PASSED_VERDICT;
  if (fits(spec.reject_stdout)) return failedVerdict("it printed what it must not");
  // What it must not print could stand in between.
  return isWhole ? PASSED_VERDICT : failedVerdict("it printed more than is looked through for what it must not print");
}

/** What a file is found to be. It has to lie within the project, also through links. */
export async function fileVerdict(root: string, spec: FileSpec): Promise<Verdict> {
  const file = join(root, spec.path);
  const stats = await lstat(file).catch(() => null);
  if (!spec.exists) return stats === null ? PASSED_VERDICT : failedVerdict(`${spec.path} exists`);
  if (stats === null) return failedVerdict(`${spec.path} does not exist`);
  const real = await realpath(file).catch(() => null);
  const base = realPath(root);
  if (real === null || !`${real}/`.startsWith(`${base}/`))
    return failedVerdict(`${spec.path} leads out of the project`);
  if (spec.min_bytes === null && spec.sha256 === null && spec.contains === null) return PASSED_VERDICT;
  const hash = createHash("sha256");
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(real) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      if (spec.contains !== null && bytes < MOST_BYTES) chunks.push(chunk);
      bytes += chunk.length;
    }
  } catch (error) {
    return { state: "error", reason: `${spec.path} cannot be read (${(error as NodeJS.ErrnoException).code})` };
  }
  if (spec.min_bytes !== null && bytes < spec.min_bytes) return failedVerdict(`${spec.path} has ${bytes} bytes`);
  if (spec.sha256 !== null && hash.digest("hex") !== spec.sha256) return failedVerdict(`${spec.path} has another hash`);
  if (spec.contains !== null && !Buffer.concat(chunks).includes(spec.contains)) {
    return failedVerdict(`${spec.path} does not contain the text`);
  }
  return PASSED_VERDICT;
}

/** What git says of the repository. */
export async function repoVerdict(tree: Tree, spec: RepoSpec, env: Env): Promise<Verdict> {
  if (tree.kind !== "git") return failedVerdict("it is no git repository");
  if (spec.clean !== null && (tree.dirty === false) !== spec.clean) {
    return failedVerdict(spec.clean ? "files differ from the commit" : "nothing differs from the commit");
  }
  const git = gitIn(tree.root, { env });
  if (spec.branch !== null && tree.branch !== spec.branch)
    return failedVerdict(`the branch is ${tree.branch ?? "none"}`);
  if (spec.pushed !== null) {
    const upstream = await answers(git, ["rev-parse", "--verify", "--quiet", "@{upstream}^{commit}"]);
    const isPushed = upstream !== null && (await isAncestor(git, "HEAD", upstream));
    if (isPushed !== spec.pushed)
      return failedVerdict(spec.pushed ? "the commit is not in its upstream" : "the commit is pushed");
  }
  if (spec.ahead_of !== null && spec.ahead_of !== undefined) {
    const named = `${spec.ahead_of}^{commit}`;
    const behind = await answers(git, ["rev-parse", "--verify", "--quiet", "--end-of-options", named]);
    if (behind === null) return failedVerdict(`there is no ${spec.ahead_of}`);
    if (behind === tree.commit || !(await isAncestor(git, behind, "HEAD")))
      return failedVerdict(`the commit is not ahead of ${spec.ahead_of}`);
  }
  if (spec.merged_into !== null) {
    const named = `${spec.merged_into}^{commit}`;
    const target = await answers(git, ["rev-parse", "--verify", "--quiet", "--end-of-options", named]);
    if (target === null) return failedVerdict(`there is no ${spec.merged_into}`);
    if (!(await isAncestor(git, "HEAD", target))) return failedVerdict(`the commit is not in ${spec.merged_into}`);
  }
  return PASSED_VERDICT;
}

async function answers(git: Git, args: readonly string[]): Promise<string | null> {
  const { exit_code, stdout } = await git(args);
  return exit_code === 0 ? stdout.trim() : null;
}

async function isAncestor(git: Git, commit: string, of: string): Promise<boolean> {
  return (await git(["merge-base", "--is-ancestor", commit, of])).exit_code === 0;
}
