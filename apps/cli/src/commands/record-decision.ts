import { cliCommand } from "../command.ts";
import { spec } from "../generated/record-decision.ts";

/** `record-decision` (spec 04 §4.8). */
export const command = cliCommand(spec, {
  text: {
    "decisions.record": ({ id, decision, reason, task }) =>
      `decision #${id} for ${task.name}: ${decision}, ${reason}\n`,
  },
});
