import type { CheckRun } from "@conveyor/contracts";
import type { CheckAuthor } from "@conveyor/contracts/checks/words";
import { ConveyorError } from "@conveyor/contracts/errors";
import { VERSION } from "@conveyor/contracts/version";
import { isProcessAlive, processStartMark } from "@conveyor/files";
import { changedPaths, type ReceiptKeys, receiptKeys, type Tree } from "@conveyor/host";
import { canonicalJson, maskSecrets, type WriteTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { type CheckRow, type CheckRunRow, checkOf, checkRunOf } from "./check.ts";
import { type Execution, executeCheck } from "./execute.ts";
import { definitionText, runSignature } from "./run-signature.ts";
import { presentTree, subjectOf } from "./subject.ts";
import type { Verdict } from "./verdict.ts";

/** Names of files that one run keeps of those that were changed while it ran. */
const MOST_NAMES = 200;

export interface ChecksToRun {
  task: { id: string; name: string };
  checks: readonly CheckRow[];
  folder: string;
  trigger: CheckRun["trigger"];
  actor: CheckAuthor;
}

/**
 * Run checks one after the other, each on the files as they are when it begins, and record each before it starts and after
 * it ended. Answers with the runs, and the files as they were after the last. Throws `conflict` when somebody else runs one
 * of them at this moment, and what reading the files throws.
 */
export async function runChecks(
  ctx: Ctx,
  { task, checks, folder, trigger, actor }: ChecksToRun,
): Promise<{ runs: CheckRun[]; tree: Tree }> {
  await ctx.host.mayAct();
  const { current } = receiptKeys(ctx.host.env);
  let tree = await presentTree(ctx, folder);
  const runs: CheckRun[] = [];
  for (const check of checks) {
    ctx.signal.throwIfAborted();
    const begun = await ctx.store.write((tx) => beginRun(ctx, tx, { task, check, tree, trigger, actor }));
    const started = ctx.host.clock.monotonic_ms();
    const execution = await executeCheck(ctx, check, tree);
    const after = await presentTree({ ...ctx, signal: new AbortController().signal }, folder).catch(() => null);
    const duration_ms = Math.round(ctx.host.clock.monotonic_ms() - started);
    const ended = await ctx.store.write((tx) =>
      endRun(tx, { task, check, key: current, begun, execution, before: tree, after, duration_ms }),
    );
    runs.push(ended);
    ctx.onProgress?.({ check: check.name, state: ended.state, reason: ended.reason, duration_ms });
    tree = after ?? (await presentTree(ctx, folder));
  }
  return { runs, tree };
}

interface Begin {
  task: { id: string; name: string };
  check: CheckRow;
  tree: Tree;
  trigger: CheckRun["trigger"];
  actor: CheckAuthor;
}

async function beginRun(ctx: Ctx, tx: WriteTx, { task, check, tree, trigger, actor }: Begin): Promise<CheckRunRow> {
  const open = await tx.db.check_runs.findFirst({ where: { check_id: check.id, state: "running" } });
  if (open !== null) await endDeadRun(tx, task, check, open);
  const subject = subjectOf(tree, checkOf(check).covers);
  const row = await tx.db.check_runs.create({
    data: {
      seq: tx.seq(),
      check_id: check.id,
      check_revision: check.revision,
      definition_json: definitionText(check),
      isolated: check.isolated,
      subject_json: canonicalJson(subject),
      covers_hash: subject.covers_hash,
      trigger,
      state: "running",
      started_at: tx.now,
      runner_json: canonicalJson({ host_id: ctx.host.host_id, version: VERSION, platform: process.platform }),
      owner_pid: process.pid,
      owner_started_at: processStartMark(process.pid),
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
async function endDeadRun(tx: WriteTx, task: { id: string }, check: CheckRow, open: CheckRunRow): Promise<void> {
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
