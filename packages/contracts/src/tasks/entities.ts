import { z } from "zod";
import { boundAgent } from "../agent-status.ts";
import { timestamp } from "../common.ts";
import { TASK_STATES } from "./words.ts";

export const taskState = z.enum(TASK_STATES);
export type TaskState = z.infer<typeof taskState>;

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
