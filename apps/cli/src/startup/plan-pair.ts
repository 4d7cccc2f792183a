import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { lines } from "../print/text.ts";

function planText(plan: Output<"startup.planPair">): string {
  return lines(
    `would pair worker ${plan.worker} and manager ${plan.manager} on task ${plan.task}`,
    plan.dispatch_command === null ? "no Dispatch" : `Dispatch: ${plan.dispatch_command.join(" ")}`,
  );
}

/** `pair --dry-run` (spec 01 §6.3). */
export const planPair = presents("startup.planPair", { text: planText });
