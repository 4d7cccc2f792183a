import { cliCommand } from "../command.ts";
import { spec } from "../generated/create.ts";
import { createdText } from "../print/worker.ts";

/** `create` (spec 01 §7.2). */
export const command = cliCommand(spec, { text: { "workers.create": createdText } });
