import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { lines } from "../print/text.ts";

function deliveryText(recorded: Output<"autonomy.recordWakeupDelivery">): string {
  const { task, delivery, source, receipt, duplicate } = recorded;
  const how = duplicate ? "had been recorded before" : "recorded";
  return lines(
    `wake prompt of the ${delivery.role} of task ${task.name} ${how} as ${delivery.status}`,
    `prepared by ${source.dispatch_receipt}, receipt ${receipt.event_id}`,
    source.dispatch_required
      ? `a dispatcher was missing when it was prepared: ${source.dispatcher.command}`
      : "a dispatcher ran when it was prepared",
  );
}

/** `app-wakeup-record-delivery` (spec 06 §6.2). */
export const recordWakeupDelivery = presents("autonomy.recordWakeupDelivery", { text: deliveryText });
