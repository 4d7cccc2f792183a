import type { Input, Output, RecordedReceipt } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { lookups, ReadTx } from "@conveyor/store";
import { checkAuthorOf } from "../checks/actor.ts";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";
import { artifactAt } from "./artifact.ts";
import { type ReceiptWish, recordReceipt } from "./record-receipt.ts";

type Told = Input<"loops.addEvidence">;

/** `loop-evidence add` (spec 05 §5.6). Throws what `recordReceipt` throws, and `permission_denied`. */
export async function addEvidence(ctx: Ctx, input: Told): Promise<Output<"loops.addEvidence">> {
  return recordTold(ctx, input, {
    ...input,
    usual_proof: ({ evidence_type, iteration, run_name }) =>
      `${evidence_type} was recorded for iteration ${iteration} of ${run_name}`,
  });
}

/** `loop-evidence build-passed` (spec 05 §5.6). Throws what `recordReceipt` throws, and `permission_denied`. */
export async function buildPassed(ctx: Ctx, input: Input<"loops.buildPassed">): Promise<Output<"loops.buildPassed">> {
  return addEvidence(ctx, input);
}

/** `loop-evidence adversarial-check` (spec 05 §5.6). Throws what `recordReceipt` throws, and `permission_denied`. */
export async function adversarialCheck(
  ctx: Ctx,
  input: Input<"loops.adversarialCheck">,
): Promise<Output<"loops.adversarialCheck">> {
  const [failure_mode, check, result] = [input.failure_mode.trim(), input.check.trim(), input.result.trim()];
  return recordTold(ctx, input, {
    ...input,
    evidence_type: "adversarial_check",
    metadata: { failure_mode, check, result },
    proof: `${failure_mode}: ${result}`,
  });
}

/** Record what somebody told, with the file that it names as it is now. */
async function recordTold(
  ctx: Ctx,
  input: Pick<Told, "artifact_path" | "cwd" | "source" | "task">,
  wish: Omit<ReceiptWish, "artifact" | "source">,
): Promise<RecordedReceipt> {
  const { artifact_path, cwd } = input;
  const artifact = artifact_path === undefined ? undefined : await artifactAt(artifact_path, cwd);
  return ctx.store.write(async (tx) => {
    const task = resolveTask(tx, input.task);
    const source = await receiptSource(ctx, tx, task, input.source);
    return recordReceipt(tx, task, { ...wish, source, artifact });
  });
}

/**
 * Who tells of it: what was said, or what the caller is. Whoever does the work cannot speak as somebody else. Throws
 * `permission_denied`.
 */
export async function receiptSource(
  ctx: Ctx,
  tx: ReadTx,
  task: lookups.TaskRow,
  said: Told["source"],
): Promise<NonNullable<Told["source"]>> {
  const isWorker = (await checkAuthorOf(ctx, tx, task.id)) === "worker";
  if (!isWorker) return said ?? "manager_inferred";
  if (said === undefined || said === "worker_proposed") return "worker_proposed";
  throw new ConveyorError("permission_denied", `a worker records evidence as worker_proposed, not as ${said}`, {
    hint: "leave --source out, or ask the manager of the task to record it",
    details: { source: said },
  });
}
