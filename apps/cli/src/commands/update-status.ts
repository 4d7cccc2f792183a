import { cliCommand } from "../command.ts";
import { spec } from "../generated/update-status.ts";
import { lines } from "../print/text.ts";

/** `update-status --human` (spec 02 §8.9). */
export const command = cliCommand(spec, {
  text: {
    "workers.updateStatus": ({ state, current_task, next_action, blocker }) =>
      lines(`${state}: ${current_task}`, `next: ${next_action}`, blocker !== null && `blocked by: ${blocker}`),
  },
});
