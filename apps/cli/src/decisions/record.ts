import { presents } from "../presentation.ts";

/** `record-decision` (spec 04 §4.8). */
export const record = presents("decisions.record", {
  text: ({ id, decision, reason, task }) => `decision #${id} for ${task.name}: ${decision}, ${reason}\n`,
});
