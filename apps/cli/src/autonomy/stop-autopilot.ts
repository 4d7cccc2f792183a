import { presents } from "../presentation.ts";
import { autopilotText } from "../print/autopilot.ts";

/** `app-autopilot stop` (spec 06 §6.2). */
export const stopAutopilot = presents("autonomy.stopAutopilot", { text: autopilotText });
