import type { Answer } from "../command.ts";

/** What was queued, or that it had been queued before (spec 03 §7.2). */
export function enqueuedText(queued: Answer<"dispatch.enqueueNudgeWorker">): string {
  const how = queued.deduplicated ? "already queued" : "queued";
  return `${how} ${queued.command_type} for ${queued.task}: ${queued.command_id}\n`;
}
