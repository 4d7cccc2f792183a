import { cliCommand } from "../command.ts";
import { spec } from "../generated/manager-inbox.ts";
import { inboxText } from "../print/inbox.ts";

/** `manager-inbox` (spec 03 §7.6). */
export const command = cliCommand(spec, { text: { "inbox.manager": inboxText, "inbox.takeManager": inboxText } });
