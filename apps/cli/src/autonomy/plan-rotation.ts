import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { promptBlock, threadText } from "../print/pair.ts";
import { lines, type View } from "../print/text.ts";

function rotationText(plan: Output<"autonomy.planRotation">, { colour }: View): string {
  const { task, eligible, blockers, old_worker, handoff, actions, record_command, receipt } = plan;
  const { codex_app_thread_id: id, codex_app_thread_title: title } = old_worker;
  return lines(
    `fresh thread for the worker of task ${task.name}: ${eligible ? colour.green("ready") : colour.yellow("blocked")}`,
    `${old_worker.name}: ${threadText({ id, title })}`,
    blockers.map((blocker) => colour.yellow(`blocker: ${blocker}`)),
    handoff !== null && `handoff #${handoff.id} of ${handoff.created_at}`,
    actions.map((action) =>
      lines(
        colour.bold(`${action.type}: ${action.status}`),
        `  ${action.thread.id === null ? `a new thread (${action.thread.title})` : threadText(action.thread)}`,
        action.type === "create_replacement_worker_thread" && promptBlock(action.prompt),
      ),
    ),
    record_command !== null && `then: ${record_command}`,
    `receipt ${receipt.event_id}`,
  );
}

/** `app-worker-rotation-plan` (spec 06 §6.2). */
export const planRotation = presents("autonomy.planRotation", { text: rotationText });
