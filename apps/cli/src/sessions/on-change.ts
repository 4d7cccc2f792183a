import { presents } from "../presentation.ts";
import { sessionRows } from "./list.ts";

/** `sessions --follow`: a line per session that changed (spec 01 §6.6). */
export const onChange = presents("sessions.onChange", { text: (session, view) => sessionRows([session], view) });
