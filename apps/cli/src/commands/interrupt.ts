import { cliCommand } from "../command.ts";
import { spec } from "../generated/interrupt.ts";

/** `interrupt --human` (spec 01 §7.4). */
export const command = cliCommand(spec, {
  text: {
    "workers.interrupt": ({ dry_run, name, key, followup }) =>
      `${dry_run ? "would send" : "sent"} ${key} to ${name}${followup === null ? "" : `, then ${followup.length} characters`}\n`,
  },
});
