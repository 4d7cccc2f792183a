import { z } from "zod";
import { boundAgent } from "./agent-status.ts";
import { freeText, newName, nonBlank, oneOrMoreRows, reference } from "./bounds.ts";
import {
  captureFailure,
  captureLines,
  closingInput,
  closingOutput,
  finalAudits,
  roleCapture,
  transcriptMode,
} from "./closing.ts";
import { timestamp } from "./common.ts";
import { LIST_ROWS } from "./limits.ts";
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

export const taskListItem = task.extend({
  budget: budget.nullable(),
  agents: z.array(boundAgent).describe("the sessions of its live binding, the worker first"),
});
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
    limit: oneOrMoreRows.optional().describe(`at most this many; default ${LIST_ROWS}`),
    after: reference.optional().describe("go on after this task: the id of the last one of the list before"),
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
  ledger: "create",
  cli: { command: "tasks", select: "create", prints: "json", examples: ['tasks --create auth --goal "Refactor auth"'] },
  input: z.object({
    name: cli(newName(), { flag: "create", placeholder: "name" }).describe("name of the new task"),
    goal: nonBlank.describe("what is to be reached"),
    summary: freeText.nullable().default(null).describe("short description"),
  }),
  output: z.object({ created: z.boolean(), id: z.string(), name: z.string(), state: taskState }),
});

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
  input: closingInput.extend({
    reason: nonBlank
      .default("finished by operator")
      .describe("why it is finished; becomes the final decision's reason"),
    require_criteria_audit: z
      .boolean()
      .default(false)
      .describe("refuse while a criterion is accepted but not satisfied"),
    require_acks: z.boolean().default(false).describe("refuse unless worker and manager acknowledged the contract"),
    require_epilogue: z
      .boolean()
      .default(false)
      .describe("refuse unless the latest run of every configured step succeeded"),
    require_adversarial_proof: z
      .boolean()
      .default(false)
      .describe("refuse unless a satisfied criterion carries evidence of an adversarial check"),
    stop_manager: z.boolean().default(false).describe("end the manager's tmux session"),
    capture_transcript_before_stop: z
      .boolean()
      .default(false)
      .describe("store what the terminals show before they are stopped"),
    capture_transcript_lines: captureLines.default(200).describe("lines of scrollback to capture"),
    capture_transcript_mode: transcriptMode
      .default("segment")
      .describe("how much of each capture to keep as transcript"),
    require_transcript_segment: z
      .boolean()
      .default(false)
      .describe("stop nothing unless every terminal to be stopped shows text"),
  }),
  output: closingOutput.extend({
    finish: z.literal(true),
    ...finalAudits.shape,
    pre_stop_transcript_captures: z.array(z.union([roleCapture, captureFailure])),
  }),
});

/** `stop-task TASK` (spec 01 §6.15): close it at once; nothing is audited but the decision. */
export const stop = operation({
  path: "tasks.stop",
  kind: "mutation",
  summary: "Close a task at once and stop its manager",
  ledger: "write",
  cli: {
    command: "stop-task",
    prints: "json",
    examples: ['stop-task auth --reason "wrong branch"', "stop-task auth --stop-worker"],
    notes: "The manager's tmux session always ends. The worker keeps running unless --stop-worker is given.",
  },
  input: closingInput.extend({
    reason: nonBlank.default("stopped by operator").describe("why it is stopped"),
  }),
  output: closingOutput.extend({ finish: z.literal(false) }),
});
