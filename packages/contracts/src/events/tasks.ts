import type { EventDeclaration, Zod } from "./declaration.ts";
import type { SharedAttributes } from "./shared-attributes.ts";

/** What a closing command was asked to do; a message to the worker leaves its length only. */
const closingOrder = (z: Zod, { reason, anything }: SharedAttributes) => ({
  reason,
  stop_manager: z.boolean().describe("whether the manager's terminal is to be stopped"),
  stop_worker: z.boolean().describe("whether the worker's terminal is to be stopped"),
  message_length: z.int().describe("characters of the last message to the worker"),
  manager_decision: anything.describe("the decision that was named, and whether it holds"),
  capture_transcript_before_stop: z.boolean().optional().describe("whether the terminals are captured first"),
  capture_transcript_lines: z.int().nullable().optional().describe("lines captured of each"),
  capture_transcript_mode: z.string().nullable().optional().describe("how much of the text is kept"),
  finish: z.boolean().describe("true for `finish-task`, false for `stop-task`"),
  final_decision_id: z.int().nullable().describe("the manager's last decision"),
  final_observation_id: z.int().nullable().describe("the observation recorded with it"),
});

/** The verdicts of the finish gates; `stop-task` has none. */
const audits = ({ anything }: SharedAttributes) => ({
  final_audit: anything.optional().describe("the acceptance criteria, as `finish_task_criteria_audit` has them"),
  final_ack_audit: anything.optional().describe("the acknowledgements of the contract"),
  final_epilogue_audit: anything.optional().describe("the epilogue steps"),
  final_proof_audit: anything.optional().describe("what checks prove of the criteria"),
  final_adversarial_audit: anything.optional().describe("the evidence of an adversarial check"),
});

const killed = (z: Zod) => ({
  killed_worker: z.boolean().describe("whether the worker's terminal was ended"),
  killed_manager: z.boolean().describe("whether the manager's terminal was ended"),
});

/** What happened to the terminals of a task that was closed. */
const closed = (z: Zod, { reason }: SharedAttributes) => ({
  reason,
  already_done_followup: z.boolean().describe("whether the task was closed before, and only cleaned up after now"),
  ...killed(z),
  stop_manager: z.boolean().describe("whether the manager's terminal was to be stopped"),
  stop_worker: z.boolean().describe("whether the worker's terminal was to be stopped"),
});

const succeeded = (z: Zod, shared: SharedAttributes) => ({
  ...closed(z, shared),
  command_id: shared.command_id,
  task: shared.task,
  finish: z.boolean().describe("true for `finish-task`, false for `stop-task`"),
  final_decision_id: z.int().nullable().describe("the manager's last decision"),
  final_observation_id: z.int().nullable().describe("the observation recorded with it"),
  manager_decision: shared.anything.describe("the decision that was named, and whether it holds"),
  ...audits(shared),
  pre_stop_transcript_captures: shared.list.optional().describe("the captures made first, without text"),
});

const failed = (z: Zod, shared: SharedAttributes) => ({
  command_id: shared.command_id.optional(),
  task: shared.task,
  binding_id: shared.binding_id.optional(),
  finish: z.boolean().optional().describe("true for `finish-task`, false for `stop-task`"),
  reason: shared.reason.optional(),
  error: shared.error,
  error_type: shared.error_type,
  expected_failure: z.boolean().describe("whether a gate refused; otherwise it broke off"),
  failure_stage: z.string().optional().describe("the first gate that refused, or where it broke off"),
  failure_stages: z.array(z.string()).optional().describe("all gates that refused"),
  manager_decision: shared.anything.optional().describe("the decision that was named, and whether it holds"),
  ...audits(shared),
  worker_identity: shared.anything.nullable().optional().describe("what was found in the worker's terminal"),
  manager_identity: shared.anything.nullable().optional().describe("what was found in the manager's terminal"),
  killed_worker: killed(z).killed_worker.optional(),
  killed_manager: killed(z).killed_manager.optional(),
});

/** Who was found in a terminal before it is stopped (spec 01 §6.14). */
const identity = (z: Zod, { session, role }: SharedAttributes) => ({
  session,
  role,
  state: z.string().describe("state of its row"),
  delivery_mode: z.string().describe("whether it can be typed to"),
  db_session: z.string().nullable().describe("its tmux session, as recorded"),
  db_pane_id: z.string().nullable().describe("its pane, as recorded"),
  live: z.boolean().nullable().describe("whether that runs"),
  live_pane_id: z.string().nullable().describe("the pane that runs there"),
  pid: z.int().nullable().describe("its process, as recorded"),
  mismatches: z.array(z.string()).describe("in what the two differ"),
});

const runStatus = (z: Zod) => z.string().nullable().describe("what its active run ended as; null when it had none");

/** Tasks, from their creation to their end (spec 01). */
export const taskEvents = {
  task_created: {
    kind: "both",
    tells: "a task was created",
    actor: "workerctl",
    severity: "info",
    attributes: (z) => ({
      name: z.string().describe("its name"),
      goal: z.string().describe("what is to be achieved"),
      summary: z.string().nullable().describe("one line about it"),
    }),
  },
  finish_task_intent: {
    kind: "both",
    tells: "every gate let a task be finished; the terminals come next",
    actor: "workerctl",
    severity: "info",
    attributes: (z, shared) => ({ ...closingOrder(z, shared), ...audits(shared) }),
  },
  stop_task_intent: {
    kind: "both",
    tells: "a task is about to be stopped; the terminals come next",
    actor: "workerctl",
    severity: "info",
    attributes: (z, shared) => ({ ...closingOrder(z, shared), ...audits(shared) }),
  },
  finish_task_criteria_audit: {
    kind: "both",
    tells: "the acceptance criteria were counted for a task that is being finished",
    actor: "workerctl",
    severity: "info",
    attributes: (z, { list, anything }) => ({
      open_criteria: list.describe("accepted criteria that are not satisfied"),
      require_criteria_audit: z.boolean().describe("whether open ones keep the task from being finished"),
      summary: anything.describe("how many have which status"),
      total: z.int().describe("how many there are"),
    }),
  },
  worker_identity_verified: {
    kind: "both",
    tells: "the worker of a task that is being closed is who was registered, or is gone",
    actor: "workerctl",
    severity: "info",
    attributes: identity,
  },
  manager_identity_verified: {
    kind: "both",
    tells: "the manager of a task that is being closed is who was registered, or is gone",
    actor: "workerctl",
    severity: "info",
    attributes: identity,
  },
  finish_task_pre_stop_transcript_captured: {
    kind: "both",
    tells: "the terminals of a task were captured before they are stopped",
    actor: "workerctl",
    severity: "info",
    attributes: (z, { list }) => ({
      captures: list.describe("what was captured, without text; failures too"),
      lines: z.int().describe("lines asked for of each"),
      mode: z.string().describe("how much of the text is kept"),
    }),
  },
  finish_task_succeeded: { kind: "audit", tells: "a task was finished", attributes: succeeded },
  stop_task_succeeded: { kind: "audit", tells: "a task was stopped", attributes: succeeded },
  finish_task_failed: {
    kind: "both",
    tells: "a gate kept a task from being finished (warning), or finishing it broke off (error)",
    actor: "workerctl",
    severity: ["warning", "error"],
    attributes: failed,
  },
  stop_task_failed: {
    kind: "both",
    tells: "a task may not be stopped (warning), or stopping it broke off (error)",
    actor: "workerctl",
    severity: ["warning", "error"],
    attributes: failed,
  },
  task_finished: {
    kind: "telemetry",
    tells: "a task was finished",
    actor: "workerctl",
    severity: "info",
    attributes: (z, shared) => ({ ...closed(z, shared), run_status: runStatus(z) }),
  },
  task_stopped: {
    kind: "telemetry",
    tells: "a task was stopped",
    actor: "workerctl",
    severity: "info",
    attributes: (z, shared) => ({ ...closed(z, shared), run_status: runStatus(z) }),
  },
} as const satisfies Record<string, EventDeclaration>;
