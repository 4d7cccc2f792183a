import { presents } from "../presentation.ts";
import { pairText } from "../print/pair.ts";

/** `app-loop-status` (spec 06 §6.2). */
export const loopStatus = presents("autonomy.loopStatus", { text: pairText });
