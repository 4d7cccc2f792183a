import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { lines } from "../print/text.ts";
import { counts } from "./list.ts";

type Receipt = Pick<Output<"criteria.accept">, "task" | "affected_criterion" | "summary">;

/** The criterion as it stands now, and how many stand how (spec 04 §4.5). */
export function receiptText({ task, affected_criterion: changed, summary }: Receipt): string {
  return lines(`#${changed.id} ${changed.status}: ${changed.criterion}`, `${task.name}: ${counts(summary)}`);
}

/** `criteria --accept`. */
export const accept = presents("criteria.accept", { text: receiptText });

/** `criteria --satisfy`. */
export const satisfy = presents("criteria.satisfy", { text: receiptText });

/** `criteria --defer`. */
export const defer = presents("criteria.defer", { text: receiptText });

/** `criteria --reject`. */
export const reject = presents("criteria.reject", { text: receiptText });
