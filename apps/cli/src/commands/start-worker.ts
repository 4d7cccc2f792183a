import { cliCommand } from "../command.ts";
import { spec } from "../generated/start-worker.ts";
import { rightsNote, startedText, startupNote } from "../print/started.ts";

/** `start-worker` (spec 01 §6.1). */
export const command = cliCommand(spec, {
  text: { "startup.startWorker": startedText },
  notes: { "startup.startWorker": startupNote },
  aside: { "startup.startWorker": (session) => rightsNote(session) },
});
