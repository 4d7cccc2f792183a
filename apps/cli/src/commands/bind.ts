import { cliCommand } from "../command.ts";
import { spec } from "../generated/bind.ts";

/** `bind` (spec 01 §6.8). */
export const command = cliCommand(spec, {
  text: {
    "bindings.bind": ({ task, worker, manager, binding_id }) =>
      `bound task ${task}: worker ${worker}, manager ${manager} (${binding_id})\n`,
  },
});
