import { cliCommand } from "../command.ts";
import { spec } from "../generated/stop-task.ts";
import { closedText } from "../print/closed.ts";

/** `stop-task` (spec 01 §6.15). */
export const command = cliCommand(spec, { text: { "tasks.stop": (closed) => closedText("stopped", closed) } });
