import { z } from "zod";
import { nonBlank, printable, taskRef, timestamp } from "./common.ts";
import { criteriaSummary } from "./criteria.ts";
import { decisionValidation } from "./decisions.ts";
import { cli, operation } from "./operation.ts";

/** Task states; the first three are open (spec 01 §2). */
export const taskState = z.enum(["candidate", "managed", "paused", "done", "failed"]);
export type TaskState = z.infer<typeof taskState>;
export const OPEN_TASK_STATES = ["candidate", "managed", "paused"] as const satisfies readonly TaskState[];

export const budget = z.object({
  max_nudges: z.int(),
  nudges_used: z.int(),
  nudges_remaining: z.int(),
  expires_at: timestamp,
});

export const task = z.object({
  id: z.string(),
  name: z.string(),
  goal: z.string(),
  summary: z.string().nullable(),
  state: taskState,
  created_at: timestamp,
  updated_at: timestamp,
});
export type Task = z.infer<typeof task>;

export const taskListItem = task.extend({ budget: budget.nullable() });
export type TaskListItem = z.infer<typeof taskListItem>;

/** `tasks`: list (spec 01 §6.7). */
export const list = operation({
  path: "tasks.list",
  kind: "query",
  summary: "List tasks in order of creation",
  ledger: "read",
  cli: { command: "tasks", prints: "text", examples: ["tasks --active --json"] },
  input: z.object({
    active: z.boolean().default(false).describe("only open tasks (candidate, managed, paused)"),
  }),
  output: z.array(taskListItem),
});

/** `tasks --watch` (spec 06 §6.6.3): first the present tasks, then each that changes, closing included. */
export const onChange = operation({
  path: "tasks.onChange",
  kind: "subscription",
  summary: "Follow tasks as they are created and change",
  ledger: "read",
  cli: { command: "tasks", select: "watch", prints: "lines", examples: ["tasks --watch --active"] },
  input: z.object({
    active: z.boolean().default(false).describe("begin with open tasks only; one that closes later is still told"),
  }),
  output: taskListItem,
});

/** `tasks --create NAME` (spec 01 §6.7): the same name and content again answers with the first task. */
export const create = operation({
  path: "tasks.create",
  kind: "mutation",
  summary: "Create a task",
  ledger: "write",
  cli: { command: "tasks", select: "create", prints: "json", examples: ['tasks --create auth --goal "Refactor auth"'] },
  input: z.object({
    name: cli(printable(200), { flag: "create", placeholder: "name" }).describe("name of the new task"),
    goal: nonBlank.describe("what is to be reached"),
    summary: z.string().nullable().default(null).describe("short description"),
  }),
  output: z.object({ created: z.boolean(), id: z.string(), name: z.string(), state: taskState }),
});

/** What was found about a session before it was stopped (spec 01 §6.14). */
export const sessionIdentity = z.object({
  session: z.string(),
  role: z.string(),
  state: z.string(),
  pid: z.int().nullable(),
  db_session: z.string().nullable(),
  db_pane_id: z.string().nullable(),
  live: z.boolean(),
  live_pane_id: z.string().nullable(),
  delivery_mode: z.enum(["push", "pull_required"]),
  mismatches: z.array(z.string()),
});
export type SessionIdentity = z.infer<typeof sessionIdentity>;

export const finalAudits = z.object({
  final_audit: z.object({
    require_criteria_audit: z.boolean(),
    total: z.int(),
    summary: criteriaSummary,
    open_criteria: z.array(z.object({ id: z.int(), criterion: z.string() })),
  }),
  final_ack_audit: z.object({
    require_acks: z.boolean(),
    ok: z.boolean(),
    missing: z.array(z.string()),
    stale: z.array(z.string()),
    worker_ack_id: z.int().nullable(),
    manager_ack_id: z.int().nullable(),
  }),
  final_epilogue_audit: z.object({
    require_epilogue: z.boolean(),
    ok: z.boolean(),
    required_steps: z.array(z.string()),
    missing_or_incomplete: z.array(z.string()),
    steps: z.array(
      z.object({ step_name: z.string(), state: z.string().nullable(), ok: z.boolean(), latest_run: z.unknown().nullable() }),
    ),
  }),
  final_adversarial_audit: z.object({
    ok: z.boolean(),
    criterion_id: z.int().nullable(),
    run_id: z.string().nullable(),
    iteration: z.int().nullable(),
  }),
});
export type FinalAudits = z.infer<typeof finalAudits>;

/** `finish-task TASK` (spec 01 §6.14, spec 04 §4.14). */
export const finish = operation({
  path: "tasks.finish",
  kind: "mutation",
  summary: "Close a task, behind the gates that are asked for",
  ledger: "write",
  cli: {
    command: "finish-task",
    prints: "json",
    examples: ['finish-task auth --reason "all criteria proven" --require-criteria-audit --stop-worker'],
  },
  input: z.object({
    task: cli(taskRef, { position: 0, placeholder: "task" }),
    reason: nonBlank.default("finished by operator").describe("why it is finished; becomes the final decision's reason"),
    require_criteria_audit: z.boolean().default(false).describe("refuse while a criterion is accepted but not satisfied"),
    require_acks: z.boolean().default(false).describe("refuse unless worker and manager acknowledged the contract"),
    require_epilogue: z.boolean().default(false).describe("refuse unless the latest run of every configured step succeeded"),
    require_adversarial_proof: z
      .boolean()
      .default(false)
      .describe("refuse unless a satisfied criterion carries evidence of an adversarial check"),
    decision_id: z.int().min(1).optional().describe("the recorded manager decision that justifies it"),
    strict_decisions: z.boolean().default(false).describe("refuse unless that decision is a fresh `stop` of this task"),
    stop_manager: z.boolean().default(false).describe("end the manager's tmux session"),
    stop_worker: z.boolean().default(false).describe("end the worker's tmux session"),
    message: z.string().optional().describe("text sent to the worker before it is stopped"),
  }),
  output: z.object({
    task: z.string(),
    finish: z.literal(true),
    already_done_followup: z.boolean(),
    command_id: z.string(),
    reason: z.string(),
    stop_manager: z.boolean(),
    stop_worker: z.boolean(),
    killed_manager: z.boolean(),
    killed_worker: z.boolean(),
    worker: z.string().nullable(),
    worker_session: z.string().nullable(),
    manager_session: z.string().nullable(),
    manager_decision: decisionValidation,
    final_decision_id: z.int().nullable(),
    final_observation_id: z.int().nullable(),
    ...finalAudits.shape,
    worker_identity: sessionIdentity.nullable(),
    manager_identity: sessionIdentity.nullable(),
    pre_stop_transcript_captures: z.array(z.unknown()),
    pending_commands: z.int().describe("queued commands of the task that were cancelled"),
    unread_notifications: z.int().describe("inbox items of the task that nobody consumed"),
  }),
});
