import { cliCommand } from "../command.ts";
import { spec } from "../generated/nudge.ts";

/** `nudge` (spec 01 §7.4). */
export const command = cliCommand(spec, {
  text: {
    "workers.nudge": ({ dry_run, name, target, text_length, submission }) =>
      dry_run
        ? `would type ${text_length} characters into ${name} (${target})\n`
        : `typed ${text_length} characters into ${name} (${target}), ${(submission ?? "sent").replace("_", " ")}\n`,
  },
});
