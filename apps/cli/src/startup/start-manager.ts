import { presents } from "../presentation.ts";
import { rightsNote, startedText, startupNote } from "../print/started.ts";

/** `start-manager` (spec 01 §6.2). */
export const startManager = presents("startup.startManager", {
  text: startedText,
  notes: startupNote,
  aside: (session) => rightsNote(session),
});
