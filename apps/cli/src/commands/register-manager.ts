import { cliCommand } from "../command.ts";
import { spec } from "../generated/register-manager.ts";
import { registrationText } from "../print/registration.ts";

/** `register-manager` (spec 01 §6.4). */
export const command = cliCommand(spec, { text: { "sessions.registerManager": registrationText } });
