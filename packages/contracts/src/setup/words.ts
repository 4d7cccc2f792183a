export const SETUP_PRESETS = [
  "autonomous_ship_it",
  "test_coverage_ralph",
  "ux_polish_ralph",
  "pr_ci_merge_ralph",
  "custom",
] as const;
export type SetupPreset = (typeof SETUP_PRESETS)[number];

export const PLANNING_BACKENDS = ["direct_prompt", "codex_goal", "goalbuddy", "custom"] as const;
export const LOOP_BACKENDS = ["none", "ralph_loop", "loop_template", "custom"] as const;
export const REVIEW_BACKENDS = [
  "off",
  "codex_review",
  "superpowers",
  "github",
  "security",
  "composite",
  "custom",
] as const;
export const WHATS_NEXT_MODES = ["off", "suggest_only", "execute_bounded"] as const;
export const SETUP_STATES = ["draft", "blocked", "approved", "applied"] as const;
