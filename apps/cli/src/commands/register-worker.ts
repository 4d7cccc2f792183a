import { cliCommand } from "../command.ts";
import { spec } from "../generated/register-worker.ts";
import { registrationText } from "../print/registration.ts";

/** `register-worker` (spec 01 §6.4). */
export const command = cliCommand(spec, { text: { "sessions.registerWorker": registrationText } });
