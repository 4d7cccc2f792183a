import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { lines } from "../print/text.ts";

function recordedText({ task, archive, old_worker, new_worker, receipt }: Output<"autonomy.recordRotation">): string {
  const thread = new_worker.codex_app_thread_id;
  return lines(
    `thread ${archive.old_worker_thread_id} of the worker of task ${task.name}: ${archive.status}`,
    new_worker.session_updated
      ? `${old_worker.name} goes on in thread ${thread}, once it shows itself`
      : `${old_worker.name} stays in its thread; ${thread} is not used`,
    `receipt ${receipt.event_id}`,
  );
}

/** `app-worker-rotation-record` (spec 06 §6.2). */
export const recordRotation = presents("autonomy.recordRotation", { text: recordedText });
