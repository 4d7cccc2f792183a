import { cleanUp, type PlanText } from "./form.ts";

/** A session looks after another one, by hand. */
export const SELF_MANAGEMENT: PlanText = {
  about: "register two sessions, watch one, type to it, see that it arrives",
  steps: [
    "Start a worker in tmux. Write down its process id and the path of its rollout.",
    "Register it: `conveyor register-worker --name qa-worker --pid <pid> --tmux-session <session>`.",
    "Register the session that manages it: `conveyor register-manager --name qa-manager --codex-session <file>`.",
    'Make a task and bind both: `conveyor tasks --create qa-self-management --goal "Report the status of this repository"`, then `conveyor bind --task qa-self-management --worker qa-worker --manager qa-manager`.',
    "Look once: `conveyor cycle qa-self-management`.",
    'Type to the worker: `conveyor session-nudge qa-worker "Say in one line what you are doing"`.',
    "Look again: `conveyor cycle qa-self-management`.",
    "If you like, make the worker show a dialog, look once more, and read `conveyor divergences qa-self-management`.",
    "Take it apart: `conveyor unbind --task qa-self-management`, `conveyor deregister qa-worker`, `conveyor deregister qa-manager`.",
    ...cleanUp("qa-self-management"),
  ],
  expected_observations: [
    "The worker lives in tmux the whole time.",
    "Both registrations say how the session can be reached.",
    "The document of a cycle has kind, state, pane_signal, notable_pane_pattern, ingest and cycle_id.",
    "The text arrives in the worker's terminal, and a later cycle takes in new records of its rollout.",
    "In the end reconcile has nothing to report.",
  ],
};

/** Criteria that turn up while the work goes on. */
export const EMERGENT_CRITERIA: PlanText = {
  about: "agree on criteria with a worker, and see that accepted ones hold a finish back",
  steps: [
    'Start a pair that only reports: `conveyor pair --task qa-emergent-criteria --task-goal "Report what is missing; change nothing" --worker-name qa-criteria-worker --manager-name qa-criteria-manager`.',
    "Look once with `conveyor cycle qa-emergent-criteria` and read manager_context.acceptance_criteria: there are none, and criteria_negotiation.needed is true.",
    "Ask the worker which conditions must hold now and which may follow later, and keep its answer in a file.",
    "Turn the answer into commands: `conveyor criteria-plan qa-emergent-criteria --from-worker-response <file>`. It changes nothing.",
    "Record one criterion that must hold and one that may wait: `conveyor criteria qa-emergent-criteria --add --criterion <text> --source worker_proposed --status accepted`, and the same with `--status deferred`.",
    "Try to finish too early: `conveyor finish-task qa-emergent-criteria --require-criteria-audit`. It is refused.",
    "Satisfy the accepted one: `conveyor criteria qa-emergent-criteria --satisfy <id> --evidence-json <json>`.",
    "Read `conveyor criteria qa-emergent-criteria --list` and `conveyor replay qa-emergent-criteria`; export the task where the ledger is to be kept.",
    "Finish it: `conveyor finish-task qa-emergent-criteria --require-criteria-audit --stop-worker --stop-manager`.",
    ...cleanUp("qa-emergent-criteria"),
  ],
  expected_observations: [
    "The criteria of a cycle come in the buckets summary, open, proposed, satisfied, deferred and rejected.",
    "criteria_negotiation.needed is true with the reason no_criteria, and false once there are criteria.",
    "criteria-plan changes nothing by itself.",
    "An accepted criterion holds the audited finish back; a deferred one does not.",
    "The finish says killed_worker and killed_manager.",
    "`conveyor criteria qa-emergent-criteria --list` is what counts; an export holds the same as acceptance-criteria.json.",
  ],
};

/** What happens where tmux fails. */
export const TMUX_ERRORS: PlanText = {
  about: "take tmux and panes away, and see that nothing is claimed that did not happen",
  steps: [
    "Write down how things are: `conveyor doctor-self --json`, `conveyor sessions --json`, `tmux list-sessions`, `git status --short`.",
    "Run the same commands with a PATH on which there is no tmux.",
    "With a disposable worker qa-tmux-worker, read `conveyor list --json` and `conveyor status qa-tmux-worker` while tmux is missing.",
    'Make a nudge fail: `conveyor session-nudge qa-tmux-worker "are you there"` after its pane was closed.',
    "Look with the pane gone: `conveyor cycle qa-tmux-errors`.",
    "End one side by hand, then stop both: `conveyor stop-task qa-tmux-errors --stop-worker`.",
    "Compare first, then repair: `conveyor reconcile`, `conveyor reconcile --apply`; only rows of this plan may change.",
    ...cleanUp("qa-tmux-errors"),
  ],
  expected_observations: [
    "What only reads still prints JSON that can be parsed, with fields that name the error.",
    "What changes something ends with an exit code other than 0.",
    "No session_nudged event is recorded for a text that did not arrive.",
    "pane_signal.degraded is true, while worker_alive and manager_alive still mean something.",
    "No session is touched that this plan did not make.",
  ],
};

/** A finished turn reaches the manager. */
export const DISPATCH_COMPLETION: PlanText = {
  about: "see a finished turn of a worker reach its manager, once",
  steps: [
    'Start a pair: `conveyor pair --task qa-dispatch-completion --task-goal "Answer one question" --worker-name qa-completion-worker --manager-name qa-completion-manager --no-dispatch`.',
    "Look with `conveyor cycle qa-dispatch-completion` until last_event_subtype is task_complete.",
    "Let Dispatch make one pass: `conveyor dispatch --once --type worker_task_complete --dispatcher-id qa-dispatch --json`.",
    "Read `conveyor audit qa-dispatch-completion` and `conveyor replay qa-dispatch-completion`.",
    "Give the worker a second turn and let it finish: the second completion is routed again, as one of its own.",
    "Start two passes at the same time on one completion: one routes it, the other says that it was routed already.",
    "Look at its row of the chains: `conveyor dispatch status --task qa-dispatch-completion`.",
    ...cleanUp("qa-dispatch-completion"),
  ],
  expected_observations: [
    "The signal comes from the records in codex_events, not from the terminal.",
    "The notification has source_event_id and correlation_id, is delivered, and its dedupe key belongs to the source event.",
    "The manager is woken, and nothing says that the work succeeded.",
    "The pass that comes second leaves dispatch_signal_suppressed.",
    "The steps of a chain stand in the order in which they happened.",
  ],
};
