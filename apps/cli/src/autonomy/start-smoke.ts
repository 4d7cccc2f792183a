import { presents } from "../presentation.ts";
import { smokeVerdictText } from "../print/smoke.ts";
import { lines } from "../print/text.ts";

/** `app-smoke start` (spec 06 §6.2). */
export const startSmoke = presents("autonomy.startSmoke", {
  text: ({ smoke, task, status, receipt }, view) =>
    lines(
      smokeVerdictText(`smoke ${smoke.id} of task ${task.name}`, status, view),
      `nonce ${smoke.nonce} (shown only now: send it with the prompt to each thread)`,
      `receipt ${receipt.event_id}`,
    ),
});
