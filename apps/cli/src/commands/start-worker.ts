import { cliCommand } from "../command.ts";
import { spec } from "../generated/start-worker.ts";
import { startedText } from "../print/started.ts";

/** `start-worker` (spec 01 §6.1). */
export const command = cliCommand(spec, { text: { "startup.startWorker": startedText } });
