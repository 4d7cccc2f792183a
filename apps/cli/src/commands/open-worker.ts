import { cliCommand } from "../command.ts";
import { spec } from "../generated/open-worker.ts";
import { openedText } from "../print/opened.ts";

/** `open-worker` (spec 01 §6.12). */
export const command = cliCommand(spec, {
  text: { "terminals.openWorker": (opened) => openedText(opened.worker, opened) },
});
