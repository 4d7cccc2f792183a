import { LOOP_TEMPLATE_TABLE } from "../../loops/templates.ts";
import { cleanUp, markers, type PlanText } from "./form.ts";

/** One worker in rounds, each behind the proof of the one before. */
export const RALPH_LOOP: PlanText = {
  about: "two rounds from one seed prompt, with permissions, CI, merge, handoff, clean-up and three refusals",
  steps: [
    "Take a disposable repository, write the seed prompt down and its SHA-256, decide on the clean-up policy, on what CI is expected to say, and on 2 iterations or more.",
    `List what there is ready-made: ${LOOP_TEMPLATE_TABLE.map(({ name }) => name).join(", ")}.`,
    "Let Dispatch run: `conveyor dispatch --watch --dispatcher-id qa-ralph-loop`.",
    "Start iteration 1: `conveyor pair --task qa-ralph-loop --task-goal <text> --task-prompt <text> --worker-name qa-ralph-worker --manager-name qa-ralph-manager --manager-mode strict`. Add `--accept-trust` only for a disposable repository that you trust.",
    "Show that nothing is granted: `conveyor manager-permission qa-ralph-loop repo.open_pr --require`, the same with repo.merge_green_pr and worker_compact_clear.",
    "Grant them, with the closing steps: `conveyor manager-config qa-ralph-loop --allow-pr --allow-merge-green --allow-worker-compact-clear --epilogue draft-pr --epilogue record-handoff`.",
    "Look with `conveyor cycle qa-ralph-loop` until the turn is complete, then ask the worker what remains.",
    "Close the criteria and the closing steps: `conveyor criteria qa-ralph-loop --list`, `conveyor epilogue qa-ralph-loop --status`.",
    "Open the pull request with the correlation id ralph-iter-1-pr. Let CI fail once, or say that it is simulated, and route the fix to the worker with ralph-iter-1-ci-fix.",
    "Merge when the required checks are green, after you have looked at them; a forge that merges by itself is no gate.",
    'Record the handoff: `conveyor handoff qa-ralph-loop --summary <text> --next-step <text>`, then clean the context: `conveyor compact-worker qa-ralph-loop --clear --reason "iteration 1 is merged"`.',
    "At each of these points keep a receipt that the parts live: `conveyor telemetry --task qa-ralph-loop` and the newest dispatch_watch_heartbeat.",
    "Start iteration 2 with a fresh worker and the same seed prompt. It looks first: what is merged already is reported, and nothing is done twice.",
    "Drill 1: ask for one iteration more than the limit allows (ralph-loop-max-block).",
    "Drill 2: ask for an iteration whose evidence is missing (ralph-loop-missing-ci), record ci_green and the adversarial proof, and ask again with a fresh command (ralph-loop-ci-adversarial, ralph-loop-ci-allowed).",
    "Drill 3: do the same with pr_ci_merge_loop (ralph-loop-preset-missing, ralph-loop-preset-adversarial, ralph-loop-preset-allowed).",
    "Export both tasks, so that the chain can be read later.",
  ],
  expected_observations: [
    "Two iterations come from one seed.",
    "Every side effect is refused until its permission is granted.",
    "Clearing the context is refused until there are both the permission and a handoff.",
    "Each drill blocks before anything reaches the worker.",
    "The row of a blocked chain shows type, reason, missing types, iteration c/max, the requested one, no notification and no inbox item.",
  ],
  correlation_markers: markers({
    "ralph-iter-1-pr": "the decision that the pull request may be opened, and the request for it",
    "ralph-iter-1-ci": "what CI said of iteration 1",
    "ralph-iter-1-ci-fix": "the red check, and the fix that was routed to the worker",
    "ralph-iter-1-merge": "the decision to merge, and the merge",
    "ralph-iter-1-clear": "the handoff, and the clean-up that followed it",
    "ralph-iter-2-replay": "the second round from the same seed",
    "ralph-loop-max-block": "the refusal at the limit of iterations",
    "ralph-loop-missing-ci": "the refusal for missing evidence",
    "ralph-loop-ci-adversarial": "the adversarial proof of drill 2",
    "ralph-loop-ci-allowed": "the fresh request of drill 2 that went through",
    "ralph-loop-preset-missing": "the refusal of drill 3 with all evidence missing",
    "ralph-loop-preset-adversarial": "the adversarial proof of drill 3",
    "ralph-loop-preset-allowed": "the fresh request of drill 3 that went through",
  }),
  evidence_template: {
    iteration: 1,
    seed_prompt_sha256: "<64 hex digits>",
    manager_cycle_ids: [],
    worker_completion_event_ids: [],
    manager_decision_ids: {
      pr_ready: "<decision id>",
      ci_fix: "<decision id>",
      merge_green: "<decision id>",
      continue_or_stop: "<decision id>",
    },
    dispatch_correlation_ids: [],
    pr: { url: "<url>" },
    ci: { provider: "<name>", initial_result: "green|failed|simulated_failed", fix_result: "green|not_needed" },
    merge: { permitted: false, result: "merged|not_merged" },
    handoff_id: "<handoff id>",
    clear_receipt: { command_id: "<command id>", correlation_id: "ralph-iter-1-clear" },
  },
};

/** A change goes the whole way, with explicit authority for each step. */
export const SHIP_IT_LOOP: PlanText = {
  about: "every step of a delivery behind its permission and its evidence, conflicts included",
  authority_boundaries: [
    "Nothing is pushed before repo.push_branch is granted.",
    "No pull request is opened before repo.open_pr is granted.",
    "Watching CI is not what CI says: record ci_green with the result of the checks.",
    "Conflicts are resolved only on a bounded instruction, within the limit of tries.",
    "Nothing is merged before the permission is granted and all evidence is there.",
  ],
  steps: [
    'Make a disposable task with the template: `conveyor create-disposable-binding qa-ship-it --goal "Ship one small change" --template ship_it_loop --json`.',
    'Ask for the push without permission: `conveyor enqueue-nudge-worker qa-ship-it --message "Push the branch" --required-permission repo.push_branch --correlation-id ship-it-push-permission`, then `conveyor dispatch --once`. Grant it with `conveyor manager-config qa-ship-it --mode strict --permit repo.push_branch` and ask anew.',
    "Do the same with repo.open_pr (ship-it-open-pr-permission) and with repo.merge_green_pr (ship-it-merge-permission).",
    "Ask for iteration 2 before any evidence: `conveyor enqueue-continue-iteration qa-ship-it --loop-run <run> --requested-iteration 2 --message <text> --correlation-id ship-it-missing-evidence`.",
    "Record branch_ready, branch_pushed, pr_url and ci_green for iteration 1, and ask again with a fresh command: it still blocks.",
    "Let two tries at a conflict stay unresolved: what is asked for with repo.resolve_conflicts is then blocked (ship-it-conflict-block).",
    "Record the rest, the adversarial proof last, and ask with a fresh command (ship-it-allowed-closeout).",
  ],
  expected_observations: [
    "Each side effect fails closed while its permission is missing.",
    "The next iteration waits for the evidence, in the order of the template.",
    "Conflicts are a bounded blocker, which green CI does not hide.",
    "The worker gets the iteration only after all nine receipts.",
    "That the change may be merged is a decision of the manager, never a result of CI.",
  ],
  correlation_markers: markers({
    "ship-it-push-permission": "the refusal and the grant of the push",
    "ship-it-open-pr-permission": "the refusal and the grant of the pull request",
    "ship-it-merge-permission": "the refusal and the grant of the merge",
    "ship-it-missing-evidence": "the refusal without evidence",
    "ship-it-conflict-block": "the refusal at the limit of tries at a conflict",
    "ship-it-allowed-closeout": "the fresh request that went through",
  }),
  evidence_template: {
    branch_ready: { branch: "qa/one-small-change", commit_sha: "<commit>" },
    branch_pushed: { branch: "qa/one-small-change", remote: "origin" },
    pr_url: { url: "<url>" },
    ci_green: { command: "gh pr checks --required", status: "green" },
    mergeability_clean: { conflicts: false, mergeable_state: "clean" },
    manager_merge_decision: { decision: "merge_ready", manager_verified: true },
    merge: { merge_sha: "<commit>" },
    post_merge_verification: { command: "<command>", status: "pass" },
    adversarial_check: { failure_mode: "<text>", check: "<text>", result: "<text>" },
  },
};

/** The phrases that arm a gate, and those that do not. */
export const ADVERSARIAL_TRIGGERS: PlanText = {
  about: "only the controlled phrases arm a gate, and each gate then holds",
  trigger_tasks: [
    {
      name: "loop-gate-trigger",
      trigger: "Run this as an adversarially gated Ralph loop.",
      acceptance: "a loop policy exists whose required evidence contains adversarial_check",
    },
    {
      name: "iteration-gate-trigger",
      trigger: "Do not send the worker another iteration until adversarial proof exists.",
      acceptance: "Dispatch blocks before anything reaches the worker until there is structured proof",
    },
    {
      name: "finish-gate-trigger",
      trigger: "Do not mark this done until you have tried to disprove it.",
      acceptance: "the finish is asked for with --require-adversarial-proof, and fails closed first",
    },
    {
      name: "worker-directed-trigger",
      trigger: "Ask the worker to identify the strongest realistic failure mode and prove it is handled.",
      acceptance: "the worker answers with failure_mode, check and result, recorded as worker_proposed",
    },
    {
      name: "acceptance-criteria-trigger",
      trigger: "Each loop must include adversarial acceptance criteria from manager to worker.",
      acceptance:
        "the manager's own criteria (manager_inferred) name negative checks of the gate and of the evidence, beyond tests that pass",
    },
  ],
  steps: [
    "Try each phrase of the trigger tasks, and one that only asks for care: the first five match their own name, the last one nothing.",
    'Make a task without terminals that needs the proof: `conveyor create-disposable-binding qa-adversarial --goal "Change one thing" --adversarial --max-iterations 3 --json` (nl-loop-gate-policy).',
    "Ask for iteration 2 before there is proof (nl-iteration-gate-missing-proof), and let Dispatch decide: `conveyor dispatch --once --type continue_iteration --json`.",
    "Record the structured proof for iteration 1 (nl-iteration-gate-adversarial-proof), and ask with a fresh command (nl-iteration-gate-allowed).",
    "Finish another task too early: `conveyor finish-task qa-adversarial-finish --require-adversarial-proof`, then satisfy a criterion with a structured adversarial_check and finish it (nl-finish-gate-proof).",
    "Record one proof as worker_proposed (nl-worker-directed-proof), and criteria of the manager as manager_inferred (nl-manager-criteria-negative-checks).",
    ...cleanUp("qa-adversarial"),
  ],
  expected_observations: [
    "Only the controlled phrases match.",
    "The refused iteration leaves the worker's inbox empty.",
    "The finish gate fails closed.",
    "Who proposed a proof or a criterion stays recorded.",
    "The criteria name negative checks.",
  ],
  correlation_markers: markers({
    "nl-loop-gate-policy": "the phrase, and the policy that it brought about",
    "nl-iteration-gate-missing-proof": "the refusal without proof",
    "nl-iteration-gate-adversarial-proof": "the structured proof of iteration 1",
    "nl-iteration-gate-allowed": "the fresh request that went through",
    "nl-finish-gate-proof": "the refused finish, and the proof that opened it",
    "nl-worker-directed-proof": "the proof that the worker proposed",
    "nl-manager-criteria-negative-checks": "the negative checks that the manager asked for",
  }),
};
