import { cliCommand } from "../command.ts";
import { spec } from "../generated/start-manager.ts";
import { rightsNote, startedText, startupNote } from "../print/started.ts";

/** `start-manager` (spec 01 §6.2). */
export const command = cliCommand(spec, {
  text: { "startup.startManager": startedText },
  notes: { "startup.startManager": startupNote },
  aside: { "startup.startManager": (session) => rightsNote(session) },
});
