import type { CheckRun } from "@conveyor/contracts";
import type { CheckAuthor } from "@conveyor/contracts/checks/words";
import { ConveyorError } from "@conveyor/contracts/errors";
import { VERSION } from "@conveyor/contracts/version";
import { isProcessAlive, processStartMark } from "@conveyor/files";
import { changedPaths, type ReceiptKeys, receiptKeys, type Tree } from "@conveyor/host";
import { canonicalJson, maskSecrets, type ReadTx, type WriteTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { watchForCancel } from "./cancel-watch.ts";
import { type CheckRow, type CheckRunRow, checkOf, checkRunOf, specOf } from "./check.ts";
import { type Execution, executeCheck } from "./execute.ts";
import { definitionText, runSignature } from "./run-signature.ts";
import { presentTree, subjectOf } from "./subject.ts";
import { failedVerdict, PASSED_VERDICT, type Verdict } from "./verdict.ts";

/** Names of files that one run keeps of those that were changed while it ran. */
const MOST_NAMES = 200;

export interface ChecksToRun {
  task: { id: string; name: string };
  checks: readonly CheckRow[];
  folder: string;
  trigger: CheckRun["trigger"];
  actor: CheckAuthor;
  /** The iteration of a loop that the runs are of. */
  loop?: LoopPlace | undefined;
  /** How many run at once. Default: 1. */
  parallel?: number | undefined;
}

/** An iteration of a loop. */
export interface LoopPlace {
  run_id: string;
  iteration: number;
}

/**
 * Run checks, one after the other unless more were asked for, each on the files as they are when it begins, and record each
 * before it starts and after it ended. Those that a person answers are left out. Answers with the runs in the order of the
 * checks, and the files as they were after the last. Throws `conflict` when somebody else runs one of them at this moment,
 * and what reading the files throws.
 */
export async function runChecks(ctx: Ctx, wanted: ChecksToRun): Promise<{ runs: CheckRun[]; tree: Tree }> {
  await ctx.host.mayAct();
  const { current } = receiptKeys(ctx.host.env);
  const checks = wanted.checks.filter((check) => specOf(check).kind !== "human");
  const runs: CheckRun[] = [];
  let tree = await presentTree(ctx, wanted.folder);
  let next = 0;
  const work = async () => {
    for (let at = next++; at < checks.length; at = next++) {
      ctx.signal.throwIfAborted();
      const { run, after } = await runCheck(ctx, wanted, checks[at] as CheckRow, { key: current, before: tree });
      runs[at] = run;
      tree = after ?? (await presentTree(ctx, wanted.folder));
    }
  };
  // An artifact is looked at after the command that writes it: together with others it would be looked at too early.
  const most = checks.some((check) => specOf(check).kind === "artifact") ? 1 : (wanted.parallel ?? 1);
  await allEnded(Array.from({ length: Math.min(most, checks.length) }, work));
  return { runs, tree: most > 1 ? await presentTree(ctx, wanted.folder) : tree };
}

/** Wait for all, also when one fails, so that nothing runs on; then throw what failed first. */
async function allEnded(work: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find((one) => one.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

async function runCheck(
  ctx: Ctx,
  { task, folder, trigger, actor, loop }: ChecksToRun,
  check: CheckRow,
  { key, before }: { key: ReceiptKeys["current"]; before: Tree },
): Promise<{ run: CheckRun; after: Tree | null }> {
  const begun = await ctx.store.write((tx) => beginRun(ctx, tx, { task, check, tree: before, trigger, actor, loop }));
  const started = ctx.host.clock.monotonic_ms();
  const artifact_since_ms = await ctx.store.read((tx) => artifactSince(tx, check));
  const watch = watchForCancel(ctx, begun.id);
  const execution = await executeCheck({ ...ctx, signal: watch.signal }, check, before, { artifact_since_ms });
  watch.stop();
  const after = await presentTree({ ...ctx, signal: new AbortController().signal }, folder).catch(() => null);
  const duration_ms = Math.round(ctx.host.clock.monotonic_ms() - started);
  const run = await ctx.store.write((tx) =>
    endRun(tx, { task, check, key, begun, execution, before, after, duration_ms }),
  );
  ctx.onProgress?.({ check: check.name, state: run.state, reason: run.reason, duration_ms });
  return { run, after };
}

/** When the command before an artifact's check began; null where there is none, and then any file will do. */
async function artifactSince(tx: ReadTx, check: CheckRow): Promise<number | null> {
  if (check.kind !== "artifact") return null;
  const before = await tx.db.checks.findFirst({
    where: {
      criterion_id: check.criterion_id,
      kind: "command",
      id: { lt: check.id },
      removed_at: null,
      accepted_by: { not: null },
    },
    orderBy: { id: "desc" },
    include: { runs: { where: { state: { not: "cancelled" } }, orderBy: { seq: "desc" }, take: 1 } },
  });
  if (before === null) return null;
  // A command that was never run has written nothing.
  return before.runs[0] === undefined ? Number.POSITIVE_INFINITY : Date.parse(before.runs[0].started_at);
}

interface Begin {
  task: { id: string };
  check: CheckRow;
  tree: Tree;
  trigger: CheckRun["trigger"];
  actor: CheckAuthor;
  loop?: LoopPlace | undefined;
}

async function beginRun(ctx: Ctx, tx: WriteTx, begin: Begin): Promise<CheckRunRow> {
  const { task, check, tree, trigger, actor, loop } = begin;
  const open = await tx.db.check_runs.findFirst({ where: { check_id: check.id, state: "running" } });
  if (open !== null) await endDeadRun(tx, task, check, open);
  const subject = subjectOf(tree, checkOf(check).covers);
  const row = await tx.db.check_runs.create({
    data: {
      seq: tx.seq(),
      check_id: check.id,
      check_revision: check.revision,
      definition_json: definitionText(check),
      isolated: isOfCommit(check, tree),
      subject_json: canonicalJson(subject),
      covers_hash: subject.covers_hash,
      trigger,
      state: "running",
      started_at: tx.now,
      runner_json: canonicalJson({ host_id: ctx.host.host_id, version: VERSION, platform: process.platform }),
      owner_pid: process.pid,
      owner_started_at: processStartMark(process.pid),
      loop_run_id: loop?.run_id ?? null,
      loop_iteration: loop?.iteration ?? null,
      actor,
    },
  });
  tx.tell("check_run_started", {
    task_id: task.id,
    attributes: {
      check_id: check.id,
      check_run_id: row.id,
      criterion_id: check.criterion_id,
      trigger,
      revision: check.revision,
    },
  });
  return row;
}

/** A run whose process is gone will never end by itself. Throws `conflict` when it still runs. */
export async function endDeadRun(tx: WriteTx, task: { id: string }, check: CheckRow, open: CheckRunRow): Promise<void> {
  if (isProcessAlive({ pid: open.owner_pid, pid_started_at: open.owner_started_at })) {
    throw new ConveyorError("conflict", `check ${JSON.stringify(check.name)} is being run already`, {
      hint: "wait until it has ended: `conveyor proof TASK` shows it",
      details: { kind: "check_run", id: open.id, check_id: check.id },
    });
  }
  const reason = "runner_died: whoever ran it is gone";
  await tx.db.check_runs.update({ where: { id: open.id }, data: { state: "error", reason, ended_at: tx.now } });
  tellEnd(tx, task, check, {
    id: open.id,
    state: "error",
    duration_ms: 0,
    sandbox: "none",
    subject_json: open.subject_json,
  });
}

/**
 * Whether a run says something of the commit alone: a command on a fresh copy of it; what only reads files or git, when
 * nothing differs from the commit and the file is one of it. Pure.
 */
function isOfCommit(check: CheckRow, { dirty, entries }: Tree): boolean {
  const spec = specOf(check);
  switch (spec.kind) {
    case "command":
      return check.isolated;
    case "file":
      return dirty === false && (!spec.exists || entries.some(({ path }) => path === spec.path));
    case "artifact":
      return dirty === false && entries.some(({ path }) => path === spec.path);
    default:
      return dirty === false;
  }
}

/** What a person said, as a run that began and ended at once. Throws `conflict` when the same is being answered. */
export async function recordAnswer(
  ctx: Ctx,
  tx: WriteTx,
  said: {
    task: { id: string };
    check: CheckRow;
    tree: Tree;
    key: ReceiptKeys["current"];
    is_yes: boolean;
    note: string;
  },
): Promise<CheckRun> {
  const { task, check, tree, key, is_yes, note } = said;
  const begun = await beginRun(ctx, tx, { task, check, tree, trigger: "operator", actor: "operator" });
  await tx.db.check_runs.update({ where: { id: begun.id }, data: { note: maskSecrets(note) } });
  const verdict = is_yes ? PASSED_VERDICT : failedVerdict("a person said no");
  const execution: Execution = { verdict, result: null, artifacts: [] };
  return endRun(tx, { task, check, key, begun, execution, before: tree, after: tree, duration_ms: 0 });
}

interface End {
  task: { id: string };
  check: CheckRow;
  key: ReceiptKeys["current"];
  begun: CheckRunRow;
  execution: Execution;
  before: Tree;
  /** Null when the files could not be looked at again. */
  after: Tree | null;
  duration_ms: number;
}

async function endRun(
  tx: WriteTx,
  { task, check, key, begun, execution, before, after, duration_ms }: End,
): Promise<CheckRun> {
  const { result } = execution;
  const changed = after === null ? [] : changedPaths(before, after);
  const { state, reason } = settledVerdict(execution.verdict, begun.covers_hash, after, checkOf(check).covers);
  const row = await tx.db.check_runs.update({
    where: { id: begun.id },
    data: {
      state,
      ...runSignature({ ...begun, state }, key),
      reason: reason === null ? null : maskSecrets(reason),
      ended_at: tx.now,
      duration_ms,
      exit_code: result?.exit_code ?? null,
      output_sha256: result?.output.sha256 ?? null,
      output_bytes: result === null ? null : BigInt(result.output.bytes),
      output_tail: result === null ? null : maskSecrets(result.output.tail.replaceAll("\0", "\uFFFD")),
      artifacts_json: canonicalJson(execution.artifacts),
      side_effects_json: canonicalJson({ changed_files: changed.slice(0, MOST_NAMES) }),
      sandbox: result?.sandbox ?? "none",
      sandbox_problem: result?.sandbox_problem ?? null,
    },
  });
  tellEnd(tx, task, check, { ...row, duration_ms });
  return checkRunOf(row);
}

/**
 * A pass counts only for files that are still as they were: what changed while the check looked at them, whether by the
 * check itself or by somebody else, was not checked (spec 09 §9.3, step 6). Pure.
 */
export function settledVerdict(
  verdict: Verdict,
  covers_hash: string,
  after: Tree | null,
  covers: readonly string[],
): Verdict {
  if (verdict.state !== "passed") return verdict;
  if (after === null) return { state: "error", reason: "the files could not be looked at again" };
  if (subjectOf(after, covers).covers_hash === covers_hash) return verdict;
  return { state: "error", reason: "subject_moved: covered files were changed while it ran" };
}

function tellEnd(
  tx: WriteTx,
  task: { id: string },
  check: CheckRow,
  run: Pick<CheckRunRow, "id" | "state" | "sandbox" | "subject_json"> & { duration_ms: number },
): void {
  const { tree, covers_hash } = JSON.parse(run.subject_json) as { tree: string; covers_hash: string };
  tx.tell("check_run_finished", {
    task_id: task.id,
    severity: run.state === "passed" ? "info" : "warning",
    summary: `check ${check.name}: ${run.state}`,
    correlation: { check_id: check.id, check_run_id: run.id, criterion_id: check.criterion_id },
    attributes: {
      check_id: check.id,
      check_run_id: run.id,
      criterion_id: check.criterion_id,
      revision: check.revision,
      state: run.state,
      duration_ms: run.duration_ms,
      sandbox: run.sandbox,
      tree,
      covers_hash,
    },
  });
}
