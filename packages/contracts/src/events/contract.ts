import type { EventDeclaration, Zod } from "./declaration.ts";
import type { SharedAttributes } from "./shared-attributes.ts";

const criterion = (z: Zod) => ({
  criterion: z.string().describe("its text"),
  status: z.string().describe("its status now"),
});

/** What an operator was asked. */
const operatorItem = (z: Zod) => ({
  operator_item_id: z.int().describe("the number of what waits"),
  kind: z.string().describe("what it is about"),
});

/** The whole criterion, as the audit keeps it. */
const wholeCriterion = (z: Zod) => ({
  ...criterion(z),
  criterion_id: z.int().describe("its number"),
  task_id: z.string().describe("id of the task"),
  source: z.string().describe("who asked for it"),
  proof: z.string().nullable().describe("what proves it"),
  rationale: z.string().nullable().describe("why it has this status"),
  evidence: z.record(z.string(), z.unknown()).describe("the structured evidence for it"),
});

const proven = (z: Zod) => ({
  has_evidence: z.boolean().describe("whether it has structured evidence"),
  has_proof: z.boolean().describe("whether it has a proof"),
});

/** What records tell of a manager's config: how many of each, never the texts. */
export const configFacts = (z: Zod) => ({
  acceptance_count: z.int().describe("acceptance criteria"),
  epilogue_count: z.int().describe("epilogue steps"),
  guideline_count: z.int().describe("guidelines"),
  reference_count: z.int().describe("reference paths"),
  tool_count: z.int().describe("tools"),
  nudge_on_completion: z.string().describe("what happens when the worker completes a turn"),
  recipe_name: z.string().nullable().describe("the recipe it comes from"),
  supervision_mode: z.string().describe("how strictly the manager supervises"),
});

const compactCheck = (z: Zod) =>
  z
    .object({
      action: z.string().describe("the permission"),
      allowed: z.boolean().describe("whether it is allowed"),
      handoff_id: z.int().nullable().describe("number of the worker's newest handoff"),
      reasons: z.array(z.string()).describe("why not"),
    })
    .describe("what the contract says of it");

const compactFacts = (z: Zod, { anything, worker, task }: Pick<SharedAttributes, "anything" | "task" | "worker">) => ({
  task,
  worker_session: worker,
  manager_decision: anything.describe("what is to be said of the decision that was given"),
  permission_check: compactCheck(z),
  message_length: z.int().describe("characters of the explanation"),
  send_text_length: z.int().describe("characters that are typed"),
  slash_command: z.string().nullable().describe("the command of the agent; null for an explanation"),
});

const verdictOf = (z: Zod) => ({
  agreement: z.string().describe("how the proposals relate"),
  verdict: z.string().describe("what the reviewer says of them"),
  operator_routing_required: z.boolean().describe("whether a person has to decide"),
});

/** A role acknowledged the contract; what it wrote is content, only the keys are told. */
const ackRecorded = <const Who extends "manager" | "worker">(who: Who) =>
  ({
    kind: "both",
    tells: `the ${who} of a task acknowledged the contract`,
    actor: who,
    audit_actor: who,
    severity: "info",
    attributes: (z: Zod) => ({
      payload_keys: z.array(z.string()).describe("the keys of what it wrote"),
      role: z.string().describe("`worker` or `manager`"),
    }),
    payload: (z: Zod) => ({
      ack_id: z.int().describe("its number"),
      binding_id: z.string().nullable().describe("id of the binding that was active"),
      payload_keys: z.array(z.string()).describe("the keys of what it wrote"),
      role: z.string().describe("`worker` or `manager`"),
    }),
  }) as const satisfies EventDeclaration;

/** The supervision contract: config, acceptance criteria, decisions (spec 04, 05). */
export const contractEvents = {
  acceptance_criterion_edited: {
    kind: "both",
    tells: "the words, the labels or the place of a criterion were changed",
    actor: ["worker", "manager", "operator"],
    severity: "info",
    attributes: (z) => ({
      criterion_id: z.int().describe("its number"),
      criterion: z.string().describe("its text"),
      previous_criterion: z.string().describe("its text before"),
      labels: z.array(z.string()).describe("its labels"),
      position: z.int().nullable().describe("its place for people"),
    }),
  },
  criterion_attachment_added: {
    kind: "both",
    tells: "a file that stands behind a criterion was noted by its hash",
    actor: ["worker", "manager", "operator"],
    severity: "info",
    attributes: (z) => ({
      criterion_id: z.int().describe("the number of the criterion"),
      attachment_id: z.int().describe("the number of the attachment"),
      sha256: z.string().describe("hash of the file"),
      bytes: z.int().describe("its size"),
    }),
  },
  permission_grant_changed: {
    kind: "both",
    tells: "a permission beside the config was granted, used or taken back",
    actor: ["manager", "operator"],
    severity: "info",
    attributes: (z) => ({
      grant_id: z.int().describe("the number of the grant"),
      action: z.string().describe("the permission"),
      change: z.enum(["granted", "used", "revoked"]).describe("what was done"),
      uses: z.int().describe("how often it was used"),
    }),
  },
  operator_item_opened: {
    kind: "both",
    tells: "something waits for the operator to decide",
    actor: "workerctl",
    severity: "warning",
    attributes: operatorItem,
  },
  operator_item_decided: {
    kind: "both",
    tells: "the operator approved or declined what waited",
    actor: "operator",
    severity: "info",
    attributes: (z) => ({
      ...operatorItem(z),
      state: z.enum(["approved", "declined"]).describe("what was decided"),
      decision_id: z.int().nullable().describe("the decision that was recorded for it"),
      grant_id: z.int().nullable().describe("the permission that was granted for it"),
    }),
  },
  acceptance_criterion_added: {
    kind: "both",
    tells: "an acceptance criterion was added",
    actor: "workerctl",
    severity: "info",
    attributes: (z) => ({ ...criterion(z), ...proven(z) }),
    payload: (z) => ({ ...wholeCriterion(z), created: z.literal(true).describe("that it is new") }),
  },
  acceptance_criterion_updated: {
    kind: "both",
    tells: "the status, proof, rationale or evidence of an acceptance criterion was changed",
    actor: "workerctl",
    severity: "info",
    attributes: (z) => ({
      ...criterion(z),
      previous_status: z.string().describe("its status before"),
      ...proven(z),
    }),
    payload: (z) => ({
      ...wholeCriterion(z),
      previous_status: z.string().describe("its status before"),
      previous_proof: z.string().nullable().describe("its proof before"),
      previous_rationale: z.string().nullable().describe("its rationale before"),
      previous_evidence: z.record(z.string(), z.unknown()).describe("its evidence before"),
    }),
  },
  manager_acceptance_criteria_seeded: {
    kind: "both",
    tells: "the criteria of a manager's config were made criteria of the task",
    actor: "workerctl",
    severity: "info",
    attributes: (z) => ({
      criterion_ids: z.array(z.int()).describe("the numbers of the criteria"),
      source: z.string().describe("where they come from"),
    }),
  },
  manager_config_recorded: {
    kind: "both",
    tells: "the manager's config of a task was written",
    actor: "manager",
    severity: "info",
    attributes: (z) => ({ changed_fields: z.array(z.string()).describe("the fields that have other values now") }),
    payload: (z, { source }) => ({
      ...configFacts(z),
      changed_fields: z.array(z.string()).describe("the fields that have other values now"),
      permission_warnings: z.array(z.string()).describe("what is odd about its permissions"),
      require_acks: z.boolean().describe("whether both sides have to acknowledge it"),
      revision: z.int().describe("its revision, which rises with every change"),
      source,
    }),
  },
  worker_ack_recorded: ackRecorded("worker"),
  manager_ack_recorded: ackRecorded("manager"),
  worker_handoff_recorded: {
    kind: "both",
    tells: "a worker left a handoff for whoever goes on",
    actor: "worker",
    severity: "info",
    attributes: (z) => ({
      next_step_count: z.int().describe("steps that it names"),
      payload_keys: z.array(z.string()).describe("the keys of its document"),
      summary_length: z.int().describe("characters of its summary"),
    }),
    payload: (z) => ({
      handoff_id: z.int().describe("its number"),
      next_step_count: z.int().describe("steps that it names"),
      worker_session_id: z.string().nullable().describe("id of the worker's session; null when none was bound"),
    }),
  },
  task_continuation_recorded: {
    kind: "both",
    tells: "a worker or manager proposed what comes next",
    actor: ["worker", "manager"],
    audit_actor: "told",
    severity: "info",
    attributes: (z) => ({
      payload_keys: z.array(z.string()).describe("the keys of what was proposed"),
      proposer: z.string().describe("`worker` or `manager`"),
    }),
    payload: (z) => ({
      continuation_id: z.int().describe("number of the proposal"),
      payload_keys: z.array(z.string()).describe("the keys of what was proposed"),
      proposer: z.string().describe("`worker` or `manager`"),
    }),
  },
  continuation_payload_disclosed: {
    kind: "both",
    tells: "a worker's proposal was shown before the manager had made its own",
    actor: "workerctl",
    severity: "info",
    attributes: (z) => ({
      as_role: z.string().describe("who read it"),
      correlation_id: z.string().describe("the turn"),
      surface: z.string().describe("the command that showed it"),
    }),
  },
  continuation_review_recorded: {
    kind: "both",
    tells: "a third party gave its verdict on the proposals of a turn",
    actor: "workerctl",
    severity: ["info", "warning"],
    attributes: (z) => ({
      ...verdictOf(z),
      allowed_context: z.array(z.string()).describe("what the reviewer was given"),
      has_addendum: z.boolean().describe("whether it added something"),
      has_rationale: z.literal(true).describe("that it said why"),
      manager_rollout_access: z.literal(false).describe("that it could not read the manager's rollout"),
      manager_session_id: z.string().nullable().describe("the manager's session, as the review names it"),
      reviewer_session_id: z.string().nullable().describe("the reviewer's session, as the review names it"),
      reviewer_session_distinct: z.boolean().describe("whether these are two"),
      nudge_on_completion: z.string().describe("the completion mode of the config"),
      payload_redacted: z.literal(true).describe("that the proposals are not told"),
      reviewer_failure_routing_forced: z.boolean().describe("whether the review failed, which a person has to see"),
      reviewer_duration_ms: z.number().nullable().describe("how long it took, in milliseconds"),
      reviewer_returncode: z.number().nullable().describe("the exit code of the reviewer"),
      reviewer_status: z.string().nullable().describe("`succeeded` or `failed`"),
    }),
    payload: (z) => ({
      ...verdictOf(z),
      review_id: z.int().describe("number of the review"),
      worker_continuation_id: z.int().describe("number of the worker's proposal"),
      manager_continuation_id: z.int().describe("number of the manager's proposal"),
    }),
  },
  epilogue_step_recorded: {
    kind: "both",
    tells: "a closing step was taken",
    actor: "workerctl",
    severity: ["info", "warning"],
    attributes: (z) => ({
      state: z.string().describe("how it ended"),
      step_name: z.string().describe("the step"),
    }),
    payload: (z) => ({
      epilogue_run_id: z.int().describe("number of the run"),
      state: z.string().describe("how it ended"),
      step_name: z.string().describe("the step"),
    }),
  },
  worker_compact_requested: {
    kind: "audit",
    tells: "the worker's context is about to be cleaned",
    attributes: (z, { worker }) => ({ permission_check: compactCheck(z), worker_session: worker }),
  },
  worker_compact_request_succeeded: {
    kind: "audit",
    tells: "the worker's agent was told to clean its context",
    attributes: (z, { anything, command_id, worker, task }) => ({
      command_id,
      ...compactFacts(z, { anything, worker, task }),
      send_result: anything.describe("what was typed where, without the text"),
    }),
  },
  worker_compact_request_failed: {
    kind: "audit",
    tells: "the worker's context was not cleaned",
    attributes: (z, { anything, command_id, error, error_type, worker, task }) => ({
      command_id,
      ...compactFacts(z, { anything, worker, task }),
      failure_stage: z.string().describe("`preflight` or `delivery`"),
      expected_failure: z.boolean().describe("whether the contract refused it"),
      error,
      error_type,
    }),
  },
  manager_permission_checked: {
    kind: "both",
    tells: "it was asked whether a manager may do something",
    actor: "manager",
    severity: ["info", "warning"],
    attributes: (z) => ({
      allowed: z.boolean().describe("whether it may"),
      reasons: z.array(z.string()).describe("why not"),
      require_handoff: z.boolean().optional().describe("whether a handoff of the worker was demanded"),
      worker_session: z.string().optional().describe("name of the worker's session, when it was about one"),
    }),
    payload: (z) => ({
      action: z.string().describe("the permission as it was asked for"),
      allowed: z.boolean().describe("whether it may"),
      reasons: z.array(z.string()).describe("why not"),
      handoff_id: z.int().nullable().describe("number of the worker's newest handoff"),
      config_revision: z.int().nullable().optional().describe("the revision of the config that was asked"),
      listed_permissions: z.array(z.string()).nullable().optional().describe("what was listed of a category"),
      require_handoff: z.boolean().optional().describe("whether a handoff of the worker was demanded"),
      source: z.string().optional().describe("the command that asked, when it is not the usual one"),
      task: z
        .object({ id: z.string().describe("its id"), name: z.string().describe("its name") })
        .optional()
        .describe("the task"),
    }),
  },
  manager_decision_recorded: {
    kind: "both",
    tells: "the manager of a task decided how to go on",
    actor: ["manager", "workerctl"],
    severity: "info",
    attributes: (z, { anything, reason }) => ({
      decision: z.string().describe("what was decided"),
      payload: anything.describe("what the decision refers to, without content"),
      reason,
    }),
    payload: (z, { reason }) => ({
      decision: z.string().describe("what was decided"),
      decision_id: z.int().describe("its number"),
      manager_cycle_id: z.int().nullable().describe("the cycle it was taken in"),
      reason,
    }),
  },
} as const satisfies Record<string, EventDeclaration>;
