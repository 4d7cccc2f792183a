import { presents } from "../presentation.ts";
import { closedText } from "../print/closed.ts";

/** `stop-task` (spec 01 §6.15). */
export const stop = presents("tasks.stop", { text: (closed) => closedText("stopped", closed) });
