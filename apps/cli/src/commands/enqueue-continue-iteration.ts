import { cliCommand } from "../command.ts";
import { spec } from "../generated/enqueue-continue-iteration.ts";
import { continuationText } from "../print/enqueued.ts";

/** `enqueue-continue-iteration` (spec 03 §7.4). */
export const command = cliCommand(spec, { text: { "dispatch.enqueueContinueIteration": continuationText } });
