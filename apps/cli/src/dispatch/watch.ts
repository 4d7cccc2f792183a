import type { DispatchResult } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { dispatchText, itemRows } from "./run.ts";

/** `dispatch --watch`: each item as it happens (spec 03 §7.1). */
export const watch = presents("dispatch.watch", {
  text: dispatchText,
  progress: (item, view) => itemRows([item as DispatchResult], view),
});
