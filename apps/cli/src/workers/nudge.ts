import { presents } from "../presentation.ts";

/** `nudge` (spec 01 §7.4). */
export const nudge = presents("workers.nudge", {
  text: ({ dry_run, name, target, text_length, submission }) =>
    dry_run
      ? `would type ${text_length} characters into ${name} (${target})\n`
      : `typed ${text_length} characters into ${name} (${target}), ${(submission ?? "sent").replace("_", " ")}\n`,
});
