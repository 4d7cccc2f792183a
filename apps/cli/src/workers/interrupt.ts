import { presents } from "../presentation.ts";

/** `interrupt --human` (spec 01 §7.4). */
export const interrupt = presents("workers.interrupt", {
  text: ({ dry_run, name, key, followup }) =>
    `${dry_run ? "would send" : "sent"} ${key} to ${name}${followup === null ? "" : `, then ${followup.length} characters`}\n`,
});
