import { presents } from "../presentation.ts";

/** `session-nudge` (spec 02 §8.15). */
export const nudge = presents("observation.nudge", {
  text: ({ dry_run, session, target, text, submission }) =>
    dry_run
      ? `would type ${text.length} characters into ${session} (${target})\n`
      : `typed ${text.length} characters into ${session} (${target}), ${(submission ?? "sent").replace("_", " ")}\n`,
});
