import { cliCommand } from "../command.ts";
import { spec } from "../generated/session-nudge.ts";

/** `session-nudge` (spec 02 §8.15). */
export const command = cliCommand(spec, {
  text: {
    "observation.nudge": ({ dry_run, session, target, text, submission }) =>
      dry_run
        ? `would type ${text.length} characters into ${session} (${target})\n`
        : `typed ${text.length} characters into ${session} (${target}), ${(submission ?? "sent").replace("_", " ")}\n`,
  },
});
