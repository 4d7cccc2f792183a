import { presents } from "../presentation.ts";

/** `continuation-reviewer` (spec 04 §4.12): a recorded review is a success, unless only one that lets it go on is wanted. */
export const runReviewer = presents("continuations.runReviewer", {
  exitCode: ({ verdict, operator_routing_required }, { require_proceed }) =>
    require_proceed === true && (verdict !== "proceed" || operator_routing_required) ? 1 : 0,
});
