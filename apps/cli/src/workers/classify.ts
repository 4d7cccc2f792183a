import { presents } from "../presentation.ts";
import { lines } from "../print/text.ts";

/** `classify --human` (spec 02 §8.5). */
export const classify = presents("workers.classify", {
  text: ({ startup, startup_reason, busy_wait, attention, patterns }) =>
    lines(
      `${startup}: ${startup_reason}`,
      busy_wait !== null && `${busy_wait.pattern}: ${busy_wait.reason}, ${busy_wait.recommended_action}`,
      attention !== "none" && `waits for: ${attention}`,
      patterns.length > 0 && `matches: ${patterns.join(", ")}`,
    ),
});
