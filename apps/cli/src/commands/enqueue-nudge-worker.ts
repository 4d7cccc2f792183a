import { cliCommand } from "../command.ts";
import { spec } from "../generated/enqueue-nudge-worker.ts";
import { enqueuedText } from "../print/enqueued.ts";

/** `enqueue-nudge-worker` (spec 03 §7.3). */
export const command = cliCommand(spec, { text: { "dispatch.enqueueNudgeWorker": enqueuedText } });
