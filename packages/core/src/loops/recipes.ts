import type { EpilogueStep, SupervisionMode } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";

/** The slugs of the built-in recipes (spec 04 §6.1). */
export type RecipeSlug =
  | "campaign-duplicate-guard-dogfood"
  | "creative-ops-campaign"
  | "goalbuddy-conveyor"
  | "nudge-whats-next"
  | "pr-ci-merge-ralph-loop"
  | "ship-it-loop"
  | "test-coverage-loop"
  | "ux-polish-loop";

/** A ready-made way to supervise (spec 04 §6). */
export interface ManagerRecipe {
  slug: RecipeSlug;
  display_name: string;
  aliases: readonly string[];
  supervision_mode: SupervisionMode;
  /** Loop template that fits, or null. */
  loop_template: string | null;
  /** What the recipe may use once it is granted; naming a recipe grants nothing. */
  permissions: readonly string[];
  tools: readonly string[];
  epilogues: readonly EpilogueStep[];
  evidence_gates: readonly string[];
  cleanup: string;
  guidelines: readonly string[];
  acceptance_criteria: readonly string[];
}

const COMPACT_AND_CLEAR = ["worker_session.compact", "worker_session.clear"] as const;
const MERGE = ["repo.open_pr", "repo.merge_green_pr", ...COMPACT_AND_CLEAR] as const;
const PR_TOOLS = ["verification.run_tests", "context.fetch_prs"] as const;
const PR_EPILOGUES = ["draft-pr", "record-handoff"] as const;

/** The built-in recipes (spec 04 §6.1 to §6.3). */
export const MANAGER_RECIPES: readonly ManagerRecipe[] = [
  {
    slug: "goalbuddy-conveyor",
    display_name: "GoalBuddy Conveyor",
    aliases: ["goalbuddy", "goalbuddy conveyor"],
    supervision_mode: "strict",
    loop_template: null,
    permissions: MERGE,
    tools: PR_TOOLS,
    epilogues: PR_EPILOGUES,
    evidence_gates: [
      "child receipt with focused verification",
      "adversarial review",
      "PR, CI and merge, or satisfied_on_main",
      "parent receipt before the next child",
    ],
    cleanup: "compact between children, after the handoff",
    guidelines: [
      "Keep exactly one child active at a time.",
      "Update the parent's receipt before the next child begins.",
      "Compact or clear only after a handoff and only with the permission for it.",
      "Never merge without green CI.",
    ],
    acceptance_criteria: [
      "Every child ends with PR, CI and merge, with satisfied_on_main (code evidence and focused tests), or with proof of a blocker.",
      "The parent records the final status of each child.",
    ],
  },
  {
    slug: "test-coverage-loop",
    display_name: "Test Coverage Loop",
    aliases: ["test coverage", "test coverage loop"],
    supervision_mode: "strict",
    loop_template: "test_coverage_loop",
    permissions: COMPACT_AND_CLEAR,
    tools: ["verification.run_tests"],
    epilogues: [],
    evidence_gates: ["test_coverage", "adversarial_check"],
    cleanup: "clear",
    guidelines: [
      "Ask for coverage or targeted-test evidence before another pass.",
      "Do not continue on a general statement that tests passed.",
    ],
    acceptance_criteria: [
      "The adversarial proof names the strongest realistic failure and the test that rules it out.",
    ],
  },
  {
    slug: "ux-polish-loop",
    display_name: "UX Polish Loop",
    aliases: ["ux polish", "ux polish loop", "visual polish"],
    supervision_mode: "guided",
    loop_template: "visual_diff_loop",
    permissions: COMPACT_AND_CLEAR,
    tools: ["verification.run_playwright"],
    epilogues: [],
    evidence_gates: [
      "reference_artifact",
      "candidate_screenshot",
      "visual_diff_report",
      "diff_below_threshold",
      "adversarial_check",
    ],
    cleanup: "compact",
    guidelines: [
      "Compare with the reference before asking for another pass.",
      "Approve no pass without evidence from a screenshot or a browser.",
    ],
    acceptance_criteria: ["All four visual artefacts and the adversarial proof are recorded."],
  },
  {
    slug: "nudge-whats-next",
    display_name: "Nudge / What's Next Manager",
    aliases: ["nudge / what's next manager", "nudge whats next", "what's next", "whats next"],
    supervision_mode: "guided",
    loop_template: null,
    permissions: [],
    tools: [],
    epilogues: [],
    evidence_gates: ["manager decision", "worker receipt", "accepted criteria closed"],
    cleanup: "off",
    guidelines: [
      "Prefer to wait while the worker is active.",
      "Ask for must-have versus follow-up when the scope moves.",
    ],
    acceptance_criteria: ["The final summary names commands, files and residual risk."],
  },
  {
    slug: "pr-ci-merge-ralph-loop",
    display_name: "PR/CI/Merge Ralph Loop",
    aliases: ["ralph loop", "pr ci merge ralph loop", "pr/ci/merge ralph loop"],
    supervision_mode: "strict",
    loop_template: "pr_ci_merge_loop",
    permissions: MERGE,
    tools: PR_TOOLS,
    epilogues: PR_EPILOGUES,
    evidence_gates: ["pr_url", "ci_green", "merge", "adversarial_check"],
    cleanup: "clear after the handoff",
    guidelines: [
      "No PR before repo.open_pr is granted; no merge before repo.merge_green_pr is granted and CI is green.",
      "Merge only with a recorded manager decision.",
      "Record a handoff before compact or clear.",
    ],
    acceptance_criteria: ["PR URL, green CI, merge receipt and adversarial proof are recorded."],
  },
  {
    slug: "ship-it-loop",
    display_name: "Autonomous Ship-It Loop",
    aliases: ["ship it", "ship it loop", "ship-it"],
    supervision_mode: "strict",
    loop_template: "ship_it_loop",
    permissions: [
      "repo.push_branch",
      "repo.open_pr",
      "repo.monitor_ci",
      "repo.resolve_conflicts",
      "repo.merge_green_pr",
      ...COMPACT_AND_CLEAR,
    ],
    tools: ["gh", "git", "verification.run_tests", "context.fetch_prs"],
    epilogues: PR_EPILOGUES,
    evidence_gates: [
      "branch_ready",
      "branch_pushed",
      "pr_url",
      "ci_green",
      "mergeability_clean",
      "manager_merge_decision",
      "merge",
      "post_merge_verification",
      "adversarial_check",
    ],
    cleanup: "clear after the handoff",
    guidelines: [
      "Each side effect needs its own permission, confirmed by the operator.",
      "Verify claims yourself; never merge on the worker's word, and never on the state of CI alone.",
      "Resolve conflicts within the retry limit; at the limit block and record conflict_retry_limit_reached with the attempts made.",
      "Keep the lifecycle visible in both sessions.",
    ],
    acceptance_criteria: [
      "All nine gates are recorded, the adversarial proof among them.",
      "The change was verified on the main branch after the merge.",
    ],
  },
  {
    slug: "creative-ops-campaign",
    display_name: "Creative Ops Campaign",
    aliases: ["creative ops", "creative ops campaign", "multi-channel campaign"],
    supervision_mode: "strict",
    loop_template: null,
    permissions: [],
    tools: ["campaign.dashboard"],
    epilogues: [],
    evidence_gates: [
      "campaign dashboard",
      "slot lifecycle",
      "assignment receipts",
      "asset review receipts",
      "human publish gate",
    ],
    cleanup: "rotate or archive owned stale slots only, by exact expected thread id",
    guidelines: [
      "One slot per channel or discipline, each with a structured brief.",
      "Assign with `campaign assign` before work, and record a `campaign asset` receipt before review.",
      "The dashboard is the surface for status; the status of an asset records an outcome and grants nothing.",
      "Publish, schedule or use an external account only with explicit human approval.",
      "Keep raw screenshots, private content, tokens and unsanitized transcripts out of receipts.",
    ],
    acceptance_criteria: ["Every active slot has an assignment receipt and a reviewed asset receipt on the dashboard."],
  },
  {
    slug: "campaign-duplicate-guard-dogfood",
    display_name: "Campaign Duplicate-Guard Dogfood",
    aliases: [
      "campaign duplicate guard",
      "campaign duplicate guard dogfood",
      "creative duplicate guard",
      "duplicate guard dogfood",
    ],
    supervision_mode: "strict",
    loop_template: null,
    permissions: [],
    tools: ["campaign.dashboard", "codex_app.send_message_to_thread"],
    epilogues: [],
    evidence_gates: [
      "campaign_dashboard_pre_probe",
      "visible_worker_duplicate_failure",
      "duplicate_failure_exit_code",
      "post_probe_dashboard_no_extra_asset",
      "manager_duplicate_guard_decision",
    ],
    cleanup: "off; only slots that the campaign owns, by exact id",
    guidelines: [
      "Before the probe there is exactly one normal receipt per active assignment.",
      "Exactly one worker visibly tries one accidental duplicate, without --allow-additional-receipt.",
      "Read the dashboard again yourself instead of repeating the worker's claim.",
      "Publish nothing, touch nothing external, edit no file and commit nothing.",
    ],
    acceptance_criteria: [
      "The duplicate failed with a non-zero exit code, and the dashboard shows the same asset_total, one receipt for the slot and no blockers.",
    ],
  },
];

/** What is chosen when there is no recipe. */
export const CUSTOM_RECIPE = "custom";

/**
 * The recipe of this slug, display name or alias, however it is written in upper and lower case, blanks and underscores;
 * null for `custom`. Throws `not_found`, which lists the recipes (spec 04 §4.4, §6.2).
 */
export function recipeOf(name: string): ManagerRecipe | null {
  const wanted = name.trim().toLowerCase().replaceAll(/\s+/g, " ");
  if (wanted === CUSTOM_RECIPE) return null;
  const slugged = wanted.replaceAll(/[_ ]/g, "-");
  const found =
    MANAGER_RECIPES.find(({ display_name, aliases }) =>
      [display_name, ...aliases].some((known) => known.toLowerCase() === wanted),
    ) ?? MANAGER_RECIPES.find(({ slug }) => slug === slugged);
  if (found !== undefined) return found;
  const known = [...MANAGER_RECIPES.map(({ slug }) => slug), CUSTOM_RECIPE];
  throw new ConveyorError("not_found", `there is no manager recipe ${JSON.stringify(name)}`, {
    hint: `choose one of ${known.join(", ")}`,
    details: { kind: "recipe", recipe: name, known },
  });
}
