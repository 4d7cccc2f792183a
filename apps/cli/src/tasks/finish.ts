import { presents } from "../presentation.ts";
import { captureLines } from "../print/captures.ts";
import { closedText } from "../print/closed.ts";
import { lines } from "../print/text.ts";

/** `finish-task` (spec 01 §6.14). */
export const finish = presents("tasks.finish", {
  text: (closed) => lines(closedText("finished", closed), captureLines(closed.pre_stop_transcript_captures)),
});
