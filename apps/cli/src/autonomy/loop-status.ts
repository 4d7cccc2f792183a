import { presents } from "../presentation.ts";
import { loopText } from "../print/loop.ts";

/** `app-loop-status` (spec 06 §6.2). */
export const loopStatus = presents("autonomy.loopStatus", { text: loopText });
