import { presents } from "../presentation.ts";
import { lines } from "../print/text.ts";
import { eventLine } from "./list.ts";

/** `telemetry --follow` (spec 07 §7.10.5). */
export const onEvent = presents("telemetry.onEvent", { text: (event) => lines(eventLine(event)) });
