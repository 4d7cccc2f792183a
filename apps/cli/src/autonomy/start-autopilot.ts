import { presents } from "../presentation.ts";
import { autopilotText } from "../print/autopilot.ts";

/** `app-autopilot start` (spec 06 §6.2). */
export const startAutopilot = presents("autonomy.startAutopilot", { text: autopilotText });
