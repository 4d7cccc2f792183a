import { presents } from "../presentation.ts";
import { lines } from "../print/text.ts";

/** `update-status --human` (spec 02 §8.9). */
export const updateStatus = presents("workers.updateStatus", {
  text: ({ state, current_task, next_action, blocker }) =>
    lines(`${state}: ${current_task}`, `next: ${next_action}`, blocker !== null && `blocked by: ${blocker}`),
});
