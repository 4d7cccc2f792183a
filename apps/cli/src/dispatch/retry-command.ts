import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { previewLine } from "../print/enqueued.ts";
import { lines } from "../print/text.ts";

function retriedText(retried: Output<"dispatch.retryCommand">): string {
  const how = retried.deduplicated ? "already queued again" : "queued again";
  return lines(
    `${how} ${retried.command_type} for ${retried.task}: ${retried.command_id}`,
    retried.gate_preview !== undefined && previewLine(retried.gate_preview),
  );
}

/** `commands retry` (spec 03 §13). */
export const retryCommand = presents("dispatch.retryCommand", { text: retriedText });
