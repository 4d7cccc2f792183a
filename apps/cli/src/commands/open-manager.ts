import { cliCommand } from "../command.ts";
import { spec } from "../generated/open-manager.ts";
import { openedText } from "../print/opened.ts";

/** `open-manager` (spec 01 §6.12). */
export const command = cliCommand(spec, {
  text: { "terminals.openManager": (opened) => openedText(opened.manager, opened) },
});
