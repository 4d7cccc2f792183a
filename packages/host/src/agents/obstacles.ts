/** Patterns that mean the same on the screens of every kind of agent (spec 02 §7.3). */
export const UNKNOWN_SCREEN_PATTERN = "unknown_screen";
/** A text stands in the composer that was not sent. */
export const DRAFT_PATTERN = "unsubmitted_input";
