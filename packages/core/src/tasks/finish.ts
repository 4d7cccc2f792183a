import type { FinalAudits, Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { Ctx } from "../ctx.ts";
import { closeTask } from "./close/close.ts";
import type { ClosePlan } from "./close/plan.ts";
import { type FinishSubject, prepareProof } from "./close/proof.ts";

/**
 * Close a task as finished, behind the gates that are asked for; on a finished one with a stop or capture flag, clean up
 * after it (spec 01 §6.14). Throws what `closeTask` throws, and `usage` for flags that contradict.
 */
export async function finish(ctx: Ctx, input: Input<"tasks.finish">): Promise<Output<"tasks.finish">> {
  assertFlagsFit(input);
  const { intent, effects, answer } = await closeTask(
    ctx,
    planOf(input, await prepareProof(ctx, input.task, input.no_run)),
  );
  return {
    ...answer,
    ...(intent.audits as FinalAudits),
    finish: true,
    pre_stop_transcript_captures: effects.captures as Output<"tasks.finish">["pre_stop_transcript_captures"],
  };
}

function planOf(input: Input<"tasks.finish">, proof: FinishSubject): ClosePlan {
  const { capture_transcript_before_stop: captures, stop_worker, stop_manager } = input;
  return {
    command: "finish_task",
    task: input.task,
    reason: input.reason,
    stop: { worker: stop_worker, manager: stop_manager },
    message: input.message,
    decision_id: input.decision_id ?? null,
    gates: input,
    proof,
    capture: captures
      ? {
          lines: input.capture_transcript_lines,
          mode: input.capture_transcript_mode,
          required: input.require_transcript_segment,
        }
      : null,
    asks_for_cleanup: stop_worker || stop_manager || captures,
  };
}

function assertFlagsFit(input: Input<"tasks.finish">): void {
  if (!input.require_transcript_segment) return;
  if (!input.capture_transcript_before_stop) {
    throw new ConveyorError("usage", "--require-transcript-segment needs --capture-transcript-before-stop", {
      hint: "add it, or leave the requirement away",
    });
  }
  if (input.capture_transcript_mode === "metadata") {
    throw new ConveyorError("usage", "the capture mode metadata keeps no text, so no segment can be required", {
      hint: "choose another --capture-transcript-mode",
    });
  }
}
