import { cliCommand } from "../command.ts";
import { spec } from "../generated/worker-inbox.ts";
import { inboxText } from "../print/inbox.ts";

/** `worker-inbox` (spec 03 §7.6). */
export const command = cliCommand(spec, { text: { "inbox.worker": inboxText, "inbox.takeWorker": inboxText } });
