import { cliCommand } from "../command.ts";
import { spec } from "../generated/unbind.ts";

/** `unbind` (spec 01 §6.9). */
export const command = cliCommand(spec, {
  text: {
    "bindings.unbind": ({ task, state, already_ended }) =>
      `the binding of task ${task} ${already_ended ? "had already" : "has"} ${state === "ended" ? "ended" : "become invalid"}\n`,
  },
});
