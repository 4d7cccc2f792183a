import { cliCommand } from "../command.ts";
import { spec } from "../generated/enqueue-notify-manager.ts";
import { enqueuedText } from "../print/enqueued.ts";

/** `enqueue-notify-manager` (spec 03 §7.2). */
export const command = cliCommand(spec, { text: { "dispatch.enqueueNotifyManager": enqueuedText } });
