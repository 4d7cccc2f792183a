import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { canonicalJson, loopRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { resolveRun, resolveTask } from "../shared/references.ts";
import { listedRunOf } from "./loop-state.ts";
import { normalisePolicy } from "./normalise-policy.ts";
import { isClosed, isLoopRun, metadataOf } from "./policy.ts";
import { createNamedRun, seedWarnings } from "./policy-run.ts";

/** Runs and loop policies, newest first (spec 05 §5.3). */
export async function listRuns(ctx: Ctx, input: Input<"loops.listRuns">): Promise<Output<"loops.listRuns">> {
  return ctx.store.read(async (tx) => {
    const task_id = input.task === undefined ? undefined : resolveTask(tx, input.task).id;
    const rows = await tx.db.runs.findMany({
      where: { task_id, status: input.status },
      include: { task: { select: { state: true } } },
      orderBy: { seq: "desc" },
      ...(input.limit > 0 && { take: input.limit }),
    });
    return rows.map(({ task, ...row }) => listedRunOf(row, task.state));
  });
}

/** One run. Throws `not_found`, `ambiguous`. */
export async function showRun(ctx: Ctx, input: Input<"loops.showRun">): Promise<Output<"loops.showRun">> {
  return ctx.store.peek((tx) => {
    const run = resolveRun(tx, input.run);
    return listedRunOf(run, loopRows.taskStateOf(tx, run.task_id));
  });
}

/**
 * Make a run: a loop policy when purpose or metadata say so, the task's active run otherwise (spec 05 §5.3). Throws
 * `not_found`, `ambiguous`, `terminal_state`, `conflict`, and `invalid_input` that names the field of a policy.
 */
export async function createRun(ctx: Ctx, input: Input<"loops.createRun">): Promise<Output<"loops.createRun">> {
  const { task, name, purpose = null, metadata } = input;
  if (purpose !== "ralph_loop" && metadata["kind"] !== "ralph_loop") {
    return createNamedRun(ctx, { task, name, purpose, metadata, warnings: [], source: "runs" });
  }
  const policy = normalisePolicy(metadata);
  const warnings = seedWarnings(policy["seed_prompt_sha256"]);
  return createNamedRun(ctx, { task, name, purpose: "ralph_loop", metadata: policy, warnings, source: "runs" });
}

/**
 * End a run; of a loop policy, close the loop. One that has ended so already is answered as it is. Throws `not_found`,
 * `ambiguous`, and `conflict` when it has ended otherwise.
 */
export async function finishRun(ctx: Ctx, input: Input<"loops.finishRun">): Promise<Output<"loops.finishRun">> {
  const { status } = input;
  return ctx.store.write(async (tx) => {
    const run = resolveRun(tx, input.run);
    const task_state = loopRows.taskStateOf(tx, run.task_id);
    const isLoop = isLoopRun(run);
    const metadata = metadataOf(run);
    const ended = isLoop
      ? isClosed(run)
        ? metadata["closed_status"]
        : null
      : run.status === "active"
        ? null
        : run.status;
    if (ended === status) return listedRunOf(run, task_state);
    if (ended !== null) {
      throw new ConveyorError("conflict", `run ${JSON.stringify(run.name)} has ended already, as ${String(ended)}`, {
        hint: "what a run ended as does not change; make a new run to go on",
        details: { kind: "run", run_id: run.id, status: ended },
      });
    }
    const closing = { ...metadata, closed_at: tx.now, closed_status: status };
    const after = await tx.db.runs.update({
      where: { id: run.id },
      data: isLoop ? { status, metadata_json: canonicalJson(closing) } : { status, ended_at: tx.now },
    });
    tx.tell("run_finished", {
      severity: status === "failed" ? "error" : "info",
      task_id: run.task_id,
      run_id: run.id,
      summary: `run ${run.name} ${status}`,
      correlation: { run_id: run.id, run_name: run.name },
      attributes: { status },
    });
    return listedRunOf(after, task_state);
  });
}
