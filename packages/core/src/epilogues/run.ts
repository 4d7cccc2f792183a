import { randomUUID } from "node:crypto";
import type { EpilogueStep, Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { shellQuote } from "@conveyor/contracts/shell-quote";
import { canonicalJson, type WriteTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";
import { configuredSteps, epilogueDocumentOf } from "./document.ts";
import { draftPr } from "./steps/draft-pr.ts";
import { recordHandoff, subagentReview } from "./steps/looks.ts";
import { runTools } from "./steps/run-tools.ts";
import { failed, type StepOutcome, type TakeStep } from "./steps/step.ts";

const STEPS: Readonly<Record<EpilogueStep, TakeStep>> = {
  "run-tools": runTools,
  "draft-pr": draftPr,
  "subagent-review": subagentReview,
  "record-handoff": recordHandoff,
};

/** A run that has not ended after this long is one whose process died, in milliseconds (spec 04 §4.13). */
const ABANDONED_MS = 600_000;

/**
 * Take a closing step that the config names: its run is written before it begins and again when it has ended, whatever it
 * came to (spec 04 §4.13). Throws `not_found`, `step_not_configured`, and `conflict` while another run of the step goes on.
 */
export async function run(ctx: Ctx, input: Input<"epilogues.run">): Promise<Output<"epilogues.run">> {
  const { task, run_id } = await ctx.store.write((tx) => begin(tx, input));
  const outcome = await STEPS[input.step](ctx, task).catch((thrown: Error) => failed(thrown.message));
  return ctx.store.write(async (tx) => {
    await finish(tx, { task_id: task.id, run_id, step: input.step, outcome });
    return epilogueDocumentOf(tx, task);
  });
}

async function begin(tx: WriteTx, { task: reference, step, correlation_id }: Input<"epilogues.run">) {
  const { id, name, goal } = resolveTask(tx, reference);
  const steps = await configuredSteps(tx, id);
  if (!steps.includes(step)) {
    throw new ConveyorError("step_not_configured", `${step} is no closing step of task ${JSON.stringify(name)}`, {
      hint: `name it beside the others with \`conveyor manager-config ${shellQuote(name)} --epilogue ${step}\``,
      details: { step, task_id: id, configured_steps: steps },
    });
  }
  const running = await tx.db.epilogue_runs.findFirst({
    where: { task_id: id, step_name: step, state: "running" },
    orderBy: { seq: "desc" },
  });
  if (running !== null) {
    if (Date.parse(tx.now) - Date.parse(running.started_at) < ABANDONED_MS) {
      throw new ConveyorError("conflict", `${step} of task ${JSON.stringify(name)} is being taken right now`, {
        hint: `look at it with \`conveyor epilogue ${shellQuote(name)} --status\``,
        details: { kind: "epilogue_run", id: running.id },
      });
    }
    const outcome = failed("it never ended: its process died");
    await finish(tx, { task_id: id, run_id: running.id, step, outcome });
  }
  const row = await tx.db.epilogue_runs.create({
    data: {
      seq: tx.seq(),
      task_id: id,
      step_name: step,
      state: "running",
      started_at: tx.now,
      correlation_id: correlation_id ?? `epilogue-${randomUUID()}`,
    },
  });
  return { task: { id, name, goal }, run_id: row.id };
}

interface Finished {
  task_id: string;
  run_id: number;
  step: EpilogueStep;
  outcome: StepOutcome;
}

async function finish(tx: WriteTx, { task_id, run_id, step, outcome }: Finished): Promise<void> {
  const { state, result, error } = outcome;
  // Given up for dead meanwhile: what was recorded then stands.
  if ((await tx.db.epilogue_runs.count({ where: { id: run_id, state: "running" } })) === 0) return;
  const row = await tx.db.epilogue_runs.update({
    where: { id: run_id },
    data: {
      state,
      finished_at: tx.now,
      finished_seq: tx.seq(),
      result_json: result === null ? null : canonicalJson(result),
      error,
    },
  });
  tx.tell("epilogue_step_recorded", {
    task_id,
    severity: state === "failed" ? "warning" : "info",
    summary: `${step} ${state}`,
    correlation: { epilogue_run_id: run_id, correlation_id: row.correlation_id },
    correlation_id: row.correlation_id,
    attributes: { state, step_name: step },
    payload: { epilogue_run_id: run_id, state, step_name: step },
  });
}
