/** The plans that `qa-plan` prints (spec 05 §5.10). */
export const QA_PLANS = [
  "adversarial-triggers",
  "dispatch-completion",
  "emergent-criteria",
  "goalbuddy-conveyor",
  "ralph-loop",
  "self-management",
  "setup-bundle-dogfood",
  "ship-it-loop",
  "tmux-errors",
] as const;
export type QaPlanName = (typeof QA_PLANS)[number];

/** The scenarios that `qa-run` plays (spec 05 §5.11), those of its own last. */
export const QA_SCENARIOS = [
  "adversarial-triggers",
  "build-clear-loop",
  "generic-loop-template",
  "generic-loop-template-browser",
  "ralph-loop-guardrails",
  "setup-bundle-dogfood",
  "setup-bundle-live-sandbox",
  "ship-it-loop",
  "test-coverage-loop",
  "concurrent-dispatchers",
  "continuation-order",
  "push-delivery",
] as const;
export type QaScenarioName = (typeof QA_SCENARIOS)[number];

/** What a scenario came to; one that cannot run here is skipped, never passed. */
export const QA_RESULTS = ["passed", "failed", "skipped"] as const;
export type QaResult = (typeof QA_RESULTS)[number];
