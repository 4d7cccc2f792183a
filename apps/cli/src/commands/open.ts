import { cliCommand } from "../command.ts";
import { spec } from "../generated/open.ts";
import { openedText } from "../print/opened.ts";

/** `open` (spec 01 §6.12). */
export const command = cliCommand(spec, { text: { "terminals.open": (opened) => openedText(opened.name, opened) } });
