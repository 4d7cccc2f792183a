import { z } from "zod";
import { reference } from "../bounds.ts";
import { jsonObject, timestamp } from "../common.ts";
import { content } from "../content.ts";
import { cli } from "../operation.ts";

export const commandState = z.enum(["pending", "attempted", "succeeded", "failed", "blocked"]);
export type CommandState = z.infer<typeof commandState>;

export const attemptState = z.enum(["running", "succeeded", "failed", "abandoned", "blocked"]);

export const commandAttempt = z.object({
  id: z.int(),
  command_id: z.string(),
  correlation_id: z.string(),
  dispatcher_id: z.string(),
  started_at: timestamp,
  finished_at: timestamp.nullable(),
  state: attemptState,
  result: content(jsonObject.nullable(), "record"),
  error: z.string().nullable(),
  side_effect_started: z.boolean(),
  side_effect_completed: z.boolean(),
  transport: z.string().nullable(),
  delivery_method: z.string().nullable(),
  delivery_id: z.string().nullable(),
});
export type CommandAttempt = z.infer<typeof commandAttempt>;

export const command = z.object({
  id: z.string(),
  idempotency_key: z.string(),
  created_at: timestamp,
  updated_at: timestamp,
  task_id: z.string().nullable(),
  task_name: z.string().nullable(),
  worker_id: z.string().nullable(),
  manager_id: z.string().nullable(),
  correlation_id: z.string().nullable(),
  type: z.string(),
  state: commandState,
  available_at: timestamp.nullable(),
  expires_at: timestamp.nullable().describe("not delivered after this"),
  claimed_by: z.string().nullable(),
  claimed_at: timestamp.nullable(),
  claim_expires_at: timestamp.nullable(),
  attempts: z.int(),
  max_attempts: z.int(),
  required_permission: z.string().nullable(),
  payload: content(jsonObject, "carried"),
  result: content(jsonObject.nullable(), "record"),
  error: z.string().nullable(),
  attempt_history: z.array(commandAttempt).optional(),
});
export type Command = z.infer<typeof command>;

export const includeContent = z.boolean().default(false).describe("show message bodies instead of redacting them");

export const commandArgument = cli(reference, { position: 0, placeholder: "command-id" }).describe(
  "id of the command, or a unique beginning of it",
);
