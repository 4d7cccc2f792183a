import { z } from "zod";
import { nonBlank, printable, timestamp } from "./common.ts";
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
