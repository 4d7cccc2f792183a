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
