import { presents } from "../presentation.ts";
import { lines } from "../print/text.ts";

/** `stop`: what was stopped, and what is left to close (spec 01 §6.13). */
export const stop = presents("terminals.stop", {
  text: ({ name, target, killed, bound_task, follow_up_command }) =>
    lines(
      killed ? `stopped ${name} (${target})` : `${name} was not running (${target})`,
      bound_task !== null && `it is still bound to task ${bound_task}; close that with: ${follow_up_command}`,
    ),
});
