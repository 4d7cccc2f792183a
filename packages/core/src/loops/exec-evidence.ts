import type { CheckRun, Input, Output, RecordedReceipt } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { lookups, WriteTx } from "@conveyor/store";
import { assertMayJudge, checkAuthorOf } from "../checks/actor.ts";
import { runForLoop } from "../checks/loop-run.ts";
import { assertFolder, subjectFolder } from "../checks/subject.ts";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";
import { receiptSource } from "./evidence.ts";
import { recordReceipt } from "./record-receipt.ts";

type CheckRunFacts = Output<"loops.execEvidence">["check_run"];

/**
 * Run a command as a check of the receipt, and record what it came to (spec 05 §9, 6). The receipt is rejected from before it
 * starts until it has passed, so that a crash leaves the gate closed. The check is taken away when it has run: it was
 * about this iteration, and later edits shall not make the task unproven. Throws what `recordReceipt` and `runForLoop` throw.
 */
export async function execEvidence(
  ctx: Ctx,
  input: Input<"loops.execEvidence">,
): Promise<Output<"loops.execEvidence">> {
  const { argv, root, timeout_seconds, network } = input;
  if (argv.length === 0) {
    throw new ConveyorError("usage", "no command stands behind --", {
      hint: "loop-evidence exec TASK --loop-run RUN --evidence-type TYPE -- npm test",
    });
  }
  if (input.evidence_type.trim() === "adversarial_check" || input.evidence_type.trim() === "conflict_attempt") {
    throw new ConveyorError("invalid_input", `${input.evidence_type.trim()} is told in words, not by an exit code`, {
      details: { field: "evidence_type" },
    });
  }
  const begun = await ctx.store.write(async (tx) => {
    const task = resolveTask(tx, input.task);
    assertMayJudge(await checkAuthorOf(ctx, tx, task.id), "have a command run as evidence");
    assertFolder(await subjectFolder(tx, task.id, root));
    return { task, receipt: await recordEnd(ctx, tx, task, input, { status: "running" }) };
  });
  const { task, receipt } = begun;
  const iteration = receipt.evidence["iteration"] as number;
  const record = (end: RunEnd) =>
    ctx.store.write((tx) => recordEnd(ctx, tx, resolveTask(tx, task.id), { ...input, iteration }, end));
  try {
    const { check, run } = await runForLoop(ctx, {
      task: { id: task.id, name: task.name },
      criterion_id: receipt.criterion.id,
      name: input.evidence_type.trim().slice(0, 120),
      argv,
      loop: { run_id: receipt.run.id, iteration },
      root,
      timeout_seconds,
      network,
    });
    await takeAway(ctx, check.id);
    const check_run = checkRunFacts(run);
    const ended = await record({ status: run.state === "passed" ? "passed" : "failed", check_run });
    return { ...ended, created: receipt.created, check_run };
  } catch (thrown) {
    await record({ status: "errored" });
    throw thrown;
  }
}

interface RunEnd {
  status: "errored" | "failed" | "passed" | "running";
  check_run?: CheckRunFacts;
}

/** Record how far the run has got, as the receipt of its iteration. */
async function recordEnd(
  ctx: Ctx,
  tx: WriteTx,
  task: lookups.TaskRow,
  input: Input<"loops.execEvidence">,
  { status, check_run }: RunEnd,
): Promise<RecordedReceipt> {
  const source = await receiptSource(ctx, tx, task, input.source);
  const proof =
    check_run && `check run ${check_run.id} ended ${check_run.state}, exit code ${check_run.exit_code ?? "none"}`;
  const facts = { check_run, tree: check_run?.tree, proof, metadata: {} };
  return recordReceipt(tx, task, { ...input, source, status, ...facts });
}

/** A check that has done its work: its runs stay, and it proves and refuses nothing any more. */
async function takeAway(ctx: Ctx, check_id: number): Promise<void> {
  await ctx.store.write(async (tx) => {
    const removed_reason = "it was about one iteration of a loop";
    const data = { removed_at: tx.now, removed_reason, updated_at: tx.now, updated_seq: tx.seq() };
    await tx.db.checks.update({ where: { id: check_id }, data });
  });
}

function checkRunFacts(run: CheckRun): CheckRunFacts {
  const { id, check_id, state, reason, exit_code, duration_ms, output_sha256, output_bytes, subject } = run;
  return { id, check_id, state, reason, exit_code, duration_ms, output_sha256, output_bytes, tree: subject.tree };
}
