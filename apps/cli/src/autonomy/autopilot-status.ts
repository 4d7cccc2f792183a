import { presents } from "../presentation.ts";
import { autopilotText } from "../print/autopilot.ts";

/** `app-autopilot status` (spec 06 §6.2). */
export const autopilotStatus = presents("autonomy.autopilotStatus", { text: autopilotText });
