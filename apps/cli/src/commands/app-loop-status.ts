import { cliCommand } from "../command.ts";
import { spec } from "../generated/app-loop-status.ts";
import { loopText } from "../print/loop.ts";

/** `app-loop-status` (spec 06 §6.2). */
export const command = cliCommand(spec, { text: { "autonomy.loopStatus": loopText } });
