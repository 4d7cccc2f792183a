import type { Input, Output, VisualDiffReport } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { assertPlaces, scoreText, writeVisualDiff } from "../qa/visual-diff.ts";
import { resolveTask } from "../shared/references.ts";
import { artifactAt } from "./artifact.ts";
import { receiptSource } from "./evidence.ts";
import { findLoopRun } from "./find-loop-run.ts";
import { iterationOf, type ReceiptWish, recordReceipt } from "./record-receipt.ts";

type Asked = Input<"loops.recordVisualDiff">;

/**
 * Compare two pictures and record it as two receipts in one transaction (spec 05 §5.6, `visual-diff`). Task, run, iteration
 * and places are looked at before any picture is opened. Throws what `recordReceipt` and `visualDiff` throw, and
 * `permission_denied`; nothing is recorded then.
 */
export async function recordVisualDiff(ctx: Ctx, input: Asked): Promise<Output<"loops.recordVisualDiff">> {
  await ctx.store.read(async (tx) => {
    const task = resolveTask(tx, input.task);
    iterationOf(findLoopRun(tx, task, input.loop_run).policy, input);
    await receiptSource(ctx, tx, task, input.source);
  });
  assertPlaces(input);
  const diff = await writeVisualDiff(ctx, input);
  const artifact_path = input.report_output;
  const artifact = artifact_path === undefined ? undefined : await artifactAt(artifact_path, undefined);
  return ctx.store.write(async (tx) => {
    const task = resolveTask(tx, input.task);
    const { loop_run, iteration, correlation_id } = input;
    const source = await receiptSource(ctx, tx, task, input.source);
    const common = { loop_run, iteration, correlation_id, source };
    const report = await recordReceipt(tx, task, { ...common, ...reportWish(diff), artifact_path, artifact });
    const threshold = await recordReceipt(tx, task, { ...common, ...thresholdWish(diff) });
    const warnings = [...new Set([...report.warnings, ...threshold.warnings])];
    return {
      ...{ ...report, warnings, diff },
      threshold_criterion: threshold.criterion,
      threshold_evidence: threshold.evidence,
    };
  });
}

type Said = Pick<ReceiptWish, "evidence_type" | "status" | "metadata" | "proof">;

function reportWish(diff: VisualDiffReport): Said {
  return {
    evidence_type: "visual_diff_report",
    status: "pass",
    metadata: { ...diff },
    proof: `there is a report of the comparison of ${diff.viewport} pixels`,
  };
}

function thresholdWish(diff: VisualDiffReport): Said {
  const { below_threshold, reference_sha256, candidate_sha256, viewport, tolerance, ignored_pixels } = diff;
  const [score, threshold] = [scoreText(diff.diff_score), scoreText(diff.threshold)];
  return {
    evidence_type: "diff_below_threshold",
    status: below_threshold ? "pass" : "fail",
    metadata: {
      ...{ diff_score: diff.diff_score, threshold: diff.threshold, below_threshold, viewport },
      ...{ reference_sha256, candidate_sha256, tolerance, ignored_pixels },
    },
    proof: `the score ${score} is ${below_threshold ? "not " : ""}above the threshold ${threshold}`,
  };
}
