import type { LoopTemplateName, SetupPolicy } from "@conveyor/contracts";
import type { SetupPreset } from "@conveyor/contracts/setup/words";
import type { RecipeSlug } from "../loops/recipes.ts";

/** What a preset decides where no flag does (spec 06 §6.8.1). */
export interface PresetRow {
  /** Null: no recipe. */
  recipe: RecipeSlug | null;
  mode: SetupPolicy["manager"]["mode"];
  permissions: readonly string[];
  tools: readonly string[];
  loop: { backend: SetupPolicy["loop"]["backend"]; preset: LoopTemplateName | null; max_iterations: number };
  planning: { backend: SetupPolicy["planning"]["backend"]; required: boolean };
  pr_review: { backend: SetupPolicy["pr_review"]["backend"]; required: boolean };
  security_scan: SetupPolicy["pr_review"]["security_scan"];
  whats_next: { mode: SetupPolicy["whats_next"]["mode"]; max_iterations: number; post_merge_allowed: boolean };
  evidence_contract: SetupPolicy["workers"]["profiles"][number]["evidence_contract"];
}

const COMPACT_AND_CLEAR = ["worker_session.compact", "worker_session.clear"] as const;
const REPO_TOOLS = ["gh", "git", "verification.run_pytest", "context.fetch_prs"] as const;

const USUAL = {
  permissions: [],
  tools: [],
  planning: { backend: "codex_goal", required: false },
  pr_review: { backend: "off", required: false },
  security_scan: "off",
  whats_next: { mode: "off", max_iterations: 0, post_merge_allowed: false },
  evidence_contract: "worker_receipt",
} as const;

export const SETUP_PRESET_TABLE: Readonly<Record<SetupPreset, PresetRow>> = {
  autonomous_ship_it: {
    ...USUAL,
    recipe: "ship-it-loop",
    mode: "strict",
    permissions: [
      "repo.push_branch",
      "repo.open_pr",
      "repo.monitor_ci",
      "repo.resolve_conflicts",
      "repo.merge_green_pr",
      ...COMPACT_AND_CLEAR,
    ],
    tools: REPO_TOOLS,
    loop: { backend: "ralph_loop", preset: "ship_it_loop", max_iterations: 2 },
    planning: { backend: "goalbuddy", required: true },
    pr_review: { backend: "composite", required: true },
    security_scan: "auto",
    whats_next: { mode: "execute_bounded", max_iterations: 1, post_merge_allowed: true },
    evidence_contract: "ship_it_worker_receipt",
  },
  test_coverage_ralph: {
    ...USUAL,
    recipe: "test-coverage-loop",
    mode: "strict",
    tools: ["verification.run_pytest"],
    loop: { backend: "ralph_loop", preset: "test_coverage_loop", max_iterations: 3 },
  },
  ux_polish_ralph: {
    ...USUAL,
    recipe: "ux-polish-loop",
    mode: "guided",
    tools: ["verification.run_playwright"],
    loop: { backend: "ralph_loop", preset: "visual_diff_loop", max_iterations: 4 },
  },
  pr_ci_merge_ralph: {
    ...USUAL,
    recipe: "pr-ci-merge-ralph-loop",
    mode: "strict",
    permissions: ["repo.open_pr", "repo.merge_green_pr", ...COMPACT_AND_CLEAR],
    tools: REPO_TOOLS,
    loop: { backend: "ralph_loop", preset: "pr_ci_merge_loop", max_iterations: 1 },
  },
  custom: {
    ...USUAL,
    recipe: null,
    mode: "guided",
    loop: { backend: "none", preset: null, max_iterations: 1 },
  },
};

/** Skills without which planning of this kind cannot be done. */
export const PLANNING_SKILLS: Readonly<Record<SetupPolicy["planning"]["backend"], readonly string[]>> = {
  direct_prompt: [],
  codex_goal: ["codex-goal-drafter"],
  goalbuddy: ["goal-prep"],
  custom: [],
};

/** Skills without which a review of this kind cannot be done. */
export const REVIEW_SKILLS: Readonly<Record<SetupPolicy["pr_review"]["backend"], readonly string[]>> = {
  off: [],
  codex_review: ["codex-review"],
  superpowers: ["superpowers:requesting-code-review", "superpowers:receiving-code-review"],
  github: ["gh-address-comments", "gh-fix-ci"],
  security: ["security-diff-scan"],
  composite: ["requesting-code-review", "receiving-code-review", "codex-review"],
  custom: [],
};

/** What would help every review. */
export const OPTIONAL_SKILL = "security-diff-scan";

/** What no manager may do under any bundle. */
export const DENIED_ACTIONS = [
  "continue without the required evidence",
  "take a worker's claim for proof without a receipt in the ledger",
] as const;
