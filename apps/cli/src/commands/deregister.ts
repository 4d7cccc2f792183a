import { cliCommand } from "../command.ts";
import { spec } from "../generated/deregister.ts";

/** `deregister` (spec 01 §6.5). */
export const command = cliCommand(spec, {
  text: { "sessions.deregister": ({ name, state }) => `session ${name} is ${state}\n` },
});
