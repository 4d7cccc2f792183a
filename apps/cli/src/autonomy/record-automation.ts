import { presents } from "../presentation.ts";
import { autopilotText } from "../print/autopilot.ts";

/** `app-autopilot record-automation` (spec 06 §6.2). */
export const recordAutomation = presents("autonomy.recordAutomation", { text: autopilotText });
