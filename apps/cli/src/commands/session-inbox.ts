import { cliCommand } from "../command.ts";
import { spec } from "../generated/session-inbox.ts";
import { inboxText } from "../print/inbox.ts";

/** `session-inbox` (spec 03 §7.6). */
export const command = cliCommand(spec, { text: { "inbox.session": inboxText, "inbox.takeSession": inboxText } });
