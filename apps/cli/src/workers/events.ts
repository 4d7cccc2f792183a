import { presents } from "../presentation.ts";
import { jsonLine } from "../print/json.ts";

/** `events`: always one JSON object per line, as the file has them (spec 07 §7.10.4). */
export const events = presents("workers.events", {
  raw: (answer) => answer.events.map(jsonLine).join(""),
  text: (answer) => answer.events.map(jsonLine).join(""),
});

/** `events --follow` (spec 07 §7.10.4). */
export const followEvents = presents("workers.followEvents", { text: jsonLine });
