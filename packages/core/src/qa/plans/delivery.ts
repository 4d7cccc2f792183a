import { markers, type PlanText } from "./form.ts";

/** Set-up bundles without any forge. */
export const SETUP_BUNDLE_DOGFOOD: PlanText = {
  about: "preview, refuse, apply and show set-up bundles, without a forge and without a session",
  starter_prompt:
    "Go through this plan before any live delivery: show with ledgers and agent homes of your own that a set-up bundle grants what was approved, and nothing else.",
  authority_boundaries: [
    "Nothing is done to a forge.",
    "No session is started.",
    "Only temporary ledgers, temporary agent homes and disposable repositories are used.",
    "What the ledger and the JSON documents say is the proof; what somebody tells is none.",
  ],
  acceptance_criteria: [
    "A preview reads, for each preset, and changes nothing.",
    "A required review backend that is missing blocks before anything is started.",
    "What was applied stays, and showing it tells what the ledger holds.",
    "Permissions and the policy for workers follow from the preset.",
    "The wish for several workers is a handoff, never a number that is stored.",
  ],
  steps: [
    "Make a fixture repository with one commit, an agent home with the skills, an empty one, and a ledger of its own.",
    'Make one task per preset: `conveyor tasks --create qa-bundle-<preset> --goal "See what the preset grants"`.',
    "Preview each of the four presets with `conveyor setup-bundle preview <task> --preset <preset> --codex-home <dir>`, and count the rows before and after.",
    "Apply the delivery preset with the home that lacks the review skills, `conveyor setup-bundle apply <task> --preset autonomous_ship_it --approve --codex-home <dir>`: it is blocked.",
    "Apply it with the home that has them, and read `conveyor setup-bundle show <task>`.",
    "Print the pair that it would start, and hand the wish for more workers over in words; start nothing.",
    "Keep the receipt: hashes, policies, and how many sessions there are, which is none.",
  ],
  expected_observations: [
    "All four previews only read.",
    "With the missing backend there is no manager config.",
    "After the apply there is one bundle and one config.",
    "What is shown has the hash and the policy that were approved.",
    "The commands that are handed over start nothing.",
  ],
  correlation_markers: markers({
    "setup-bundle-dogfood-preview-readonly": "the previews, and the unchanged ledger",
    "setup-bundle-dogfood-missing-backend": "the apply that was blocked",
    "setup-bundle-dogfood-applied-readback": "the apply, and what showing it told",
    "setup-bundle-dogfood-no-launch": "the proof that no session was made",
  }),
};

/** A parent board that is worked off child by child. */
export const GOALBUDDY_CONVEYOR: PlanText = {
  about: "work a parent board off, one vertical slice at a time, each with proof",
  starter_prompt: [
    "Run an autonomous GoalBuddy conveyor. Split the goal into child boards under one parent; each child is a vertical slice.",
    "Keep exactly one child active at a time. No child is complete before implementation, focused verification, adversarial review, PR, CI, merge and the receipt of the parent.",
    "What is satisfied on main already is proven with code evidence and focused tests.",
    "When CI is red, read its logs, mend the cause, push, and watch it again.",
    "Go on until no child is left without a merge, a proof that it was satisfied, or a blocker with evidence.",
  ].join(" "),
  authority_boundaries: [
    "One child at a time.",
    "No package is published.",
    "Red CI forbids the merge.",
    "Every receipt names the URL of the pull request, the outcome of CI, the merge commit and the evidence on the board.",
  ],
  acceptance_criteria: [
    "There is one active child at any time.",
    "Every child has its receipt, satisfied_on_main included.",
    "The checker of the board passes.",
    "There is a negative check: a receipt that lacks something is refused.",
  ],
  steps: [
    "Let the parent board point at the current child (conveyor-parent-board, conveyor-child-activation).",
    "Build the slice, and run its own checks.",
    "Have it reviewed by somebody who tries to disprove it (conveyor-adversarial-review).",
    "Open the pull request, watch CI, merge when it is green (conveyor-pr-ci-merge).",
    "When CI is red: read the log, mend it, push, watch again.",
    "Record the proof of the child, or that it was satisfied on main (conveyor-satisfied-on-main), and show that an incomplete receipt is refused.",
    "Write the receipt of the parent, then take the next child.",
  ],
  expected_observations: [
    "The board names one active child at every moment.",
    "No child was called complete before its receipt was there.",
    "A red check was followed by a fix and a second look.",
    "A child that needed no change has code evidence and focused tests.",
  ],
  correlation_markers: markers({
    "conveyor-parent-board": "the parent, and the child that it points at",
    "conveyor-child-activation": "the decision to begin a child",
    "conveyor-pr-ci-merge": "pull request, checks and merge of one child",
    "conveyor-satisfied-on-main": "the proof that a child needed no change",
    "conveyor-adversarial-review": "the attempt to disprove a child, and what came of it",
  }),
};
