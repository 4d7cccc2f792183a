import { presents } from "../presentation.ts";
import { rightsNote, startedText, startupNote } from "../print/started.ts";

/** `start-worker` (spec 01 §6.1). */
export const startWorker = presents("startup.startWorker", {
  text: startedText,
  notes: startupNote,
  aside: (session) => rightsNote(session),
});
