import { cliCommand } from "../command.ts";
import { spec } from "../generated/inbox-ack.ts";
import { acknowledgedText, acknowledgementsText } from "../print/inbox.ts";

/** `inbox-ack` (spec 03 §7.7). */
export const command = cliCommand(spec, {
  text: { "inbox.acknowledgements": acknowledgementsText, "inbox.acknowledge": acknowledgedText },
});
