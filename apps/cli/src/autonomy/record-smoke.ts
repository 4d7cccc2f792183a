import { presents } from "../presentation.ts";
import { lines } from "../print/text.ts";

/** `app-smoke record` (spec 06 §6.2). */
export const recordSmoke = presents("autonomy.recordSmoke", {
  text: ({ smoke, task, receipt }) =>
    lines(`recorded for smoke ${smoke.id} of task ${task.name}`, `receipt ${receipt.event_id}`),
});
