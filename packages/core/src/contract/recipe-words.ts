import type { RecipeSlug } from "../loops/recipes.ts";

/** What a recipe says to the people who choose it, beside what it sets (spec 04 §4.4, §6.3). */
export interface RecipeWords {
  description: string;
  objective: string;
  /** What people say when they mean it; a cue grants nothing. */
  cues: readonly string[];
  disallowed_actions: readonly string[];
  /** When the manager stops and asks. */
  fail_closed: readonly string[];
  /** What the final report holds beside what every final report holds. */
  report: readonly string[];
}

/** What every final report holds; none of it is a criterion of the worker (spec 04 §1, principle c). */
export const REPORT_OF_ALL = [
  "status",
  "residual risk",
  "close-out proof: finish-task and heartbeat tear-down",
] as const;

/** What can be used with every recipe (spec 04 §6.4). */
export const SUPPORT_PATTERNS = ["Inbox / No-Tmux App Loop", "Recovery / Resume / Handoff"] as const;

/** The words of each recipe. */
export const RECIPE_WORDS: Readonly<Record<RecipeSlug, RecipeWords>> = {
  "goalbuddy-conveyor": {
    description:
      "Work through a board of children one at a time, each to a merge, to proof on main, or to a proven blocker",
    objective: "Bring every child of the parent board to a recorded final status, one after the other.",
    cues: [
      "a GoalBuddy board or conveyor",
      "run all remaining work autonomously",
      "finish the translation",
      "split it into vertical slices",
      "continue until all is merged or proven satisfied",
    ],
    disallowed_actions: [
      "have two children active at once",
      "merge without green CI",
      "compact or clear before a handoff or without worker_compact_clear",
    ],
    fail_closed: [
      "a second child is active",
      "the parent's receipt is older than the child's end",
      "CI is not green when a merge is due",
      "there is no handoff when the context is to be cleaned",
    ],
    report: ["final status of each child", "PR URL, CI and merge of each child that has one"],
  },
  "test-coverage-loop": {
    description: "Strengthen tests until a behaviour is protected, with evidence for each pass",
    objective: "Protect the named behaviour with tests that fail when it breaks.",
    cues: ["better tests", "stronger coverage", "prove that a behaviour is protected"],
    disallowed_actions: ["go on with another pass because tests passed in general"],
    fail_closed: [
      "a pass has no coverage figure and no result of a targeted test",
      "the adversarial proof names no failure that could really happen",
    ],
    report: ["coverage or targeted tests before and after", "the strongest failure that the new tests catch"],
  },
  "ux-polish-loop": {
    description: "Refine what is seen until it matches a reference, judged by screenshots",
    objective: "Bring the visible result close to its reference, pass by pass.",
    cues: ["refine the visible quality", "match a reference", "repair an interaction"],
    disallowed_actions: ["approve a pass without evidence from a screenshot or a browser"],
    fail_closed: ["one of the four visual artefacts is missing", "the difference to the reference was not measured"],
    report: ["the visual decision and what it rests on", "state of the clean-up"],
  },
  "nudge-whats-next": {
    description: "Watch, agree on criteria and ask what comes next, without any permission",
    objective: "Keep the work moving and its criteria agreed.",
    cues: ["observe", "check the status", "negotiate criteria", "what's next"],
    disallowed_actions: ["grant changes of the repository or of the worker's session by default"],
    fail_closed: [
      "something is asked for that needs a permission",
      "the scope moves and nobody said what is must-have",
    ],
    report: ["commands that were run", "files that were changed"],
  },
  "pr-ci-merge-ralph-loop": {
    description: "Deliver through a pull request, green CI and a merge that a manager decided on",
    objective: "Deliver the change through PR, CI and merge, each with its receipt.",
    cues: ["managed delivery", "a Ralph loop with PR, CI and merge"],
    disallowed_actions: [
      "open a PR before repo.open_pr is granted",
      "merge before repo.merge_green_pr is granted and CI is green",
      "clear before a handoff",
    ],
    fail_closed: ["CI is not green", "no decision of the manager to merge is recorded", "there is no handoff"],
    report: ["PR URL", "CI result", "merge receipt", "handoff", "state of the clean-up"],
  },
  "ship-it-loop": {
    description: "Ship autonomously through push, PR, CI, mergeability, decision, merge and a look at main afterwards",
    objective: "Ship the change to the main branch through all nine gates.",
    cues: [
      "an autonomous ship-it loop",
      "ship it through PR and merge",
      "open the PR and merge when green",
      "handle conflicts and merge",
    ],
    disallowed_actions: [
      "any side effect without its own permission",
      "merge on the worker's claim, or because CI alone is green",
      "go on with conflicts at the retry limit",
    ],
    fail_closed: [
      "a permission for the next side effect is missing",
      "CI is green but mergeability, the manager's decision or the proof after the merge is missing",
      "conflict retries are at their limit: block and record conflict_retry_limit_reached, the attempts, the evidence and what the operator does next",
      "the transcript cannot be reviewed",
    ],
    report: [
      "branch",
      "PR URL",
      "CI result",
      "mergeability",
      "the merge decision",
      "merge SHA",
      "verification after the merge",
    ],
  },
  "creative-ops-campaign": {
    description: "One manager for the workers of several channels, with receipts and a human publish gate",
    objective: "Bring every slot of the campaign to a reviewed asset; publish nothing without a person.",
    cues: [
      "a multi-channel campaign",
      "one manager for YouTube, TikTok, LinkedIn and Facebook workers",
      "imagery, HyperFrames, video and copy across channels",
      "several managers who do it for the first time",
    ],
    disallowed_actions: [
      "publish, schedule, post or use an external account without explicit human approval",
      "put raw screenshots, private content, tokens, keys, audio, archives, packages or unsanitized transcripts into receipts",
      "claim full validation without a dogfood proof of its own",
    ],
    fail_closed: [
      "a slot is not visible on the dashboard",
      "the thread id differs when a slot is to be rotated or archived",
      "work would begin without an assignment",
    ],
    report: ["slots and their assets", "thread ids", "what waits for a person"],
  },
  "campaign-duplicate-guard-dogfood": {
    description: "Prove that the campaign refuses a second receipt for one assignment",
    objective: "Show that an accidental duplicate receipt is refused and changes nothing.",
    cues: ["a dogfood run of the creative duplicate guard"],
    disallowed_actions: [
      "use the override in the probe",
      "repeat the worker's claim unverified",
      "look at receipts anywhere but on the dashboard",
      "publish, schedule, use external or private access, edit a file or commit",
    ],
    fail_closed: [
      "there is not exactly one normal receipt per active assignment before the probe",
      "the duplicate did not end with a non-zero exit code",
      "the dashboard shows another asset_total afterwards",
    ],
    report: [
      "thread ids",
      "assignment and receipt ids",
      "the text of the error",
      "counts before and after",
      "state of the clean-up",
    ],
  },
};
