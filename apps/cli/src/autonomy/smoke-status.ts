import { presents } from "../presentation.ts";
import { smokeVerdictText } from "../print/smoke.ts";

/** `app-smoke status` (spec 06 §6.2). */
export const smokeStatus = presents("autonomy.smokeStatus", {
  text: (standing, view) =>
    smokeVerdictText(`smoke ${standing.smoke.id} of task ${standing.task.name}`, standing, view),
});
