import type { EventDeclaration, Zod } from "./declaration.ts";
import type { SharedAttributes } from "./shared-attributes.ts";

const state = (z: Zod) => z.string().describe("state of the command");

/** How an immediate command ended. */
const ended = (z: Zod, { anything, worker_id, manager_id, error_or_null }: SharedAttributes) => ({
  error: error_or_null,
  result: anything.describe("what it answers, without content"),
  state: state(z),
  worker_id,
  manager_id,
});

/** A pending command that is given up without an attempt. */
const givenUp = (z: Zod, { error_code }: SharedAttributes) => ({
  error_code,
  previous_state: z.string().describe("its state before"),
  state: state(z),
});

/** How an attempt of Dispatch ended. What only its own dispatcher knows is missing when another one cleared its lease. */
const attemptEnded = (z: Zod, shared: SharedAttributes) => ({
  error: shared.error_or_null.optional(),
  error_code: shared.error_code.optional(),
  result: shared.anything.optional().describe("what it answers; texts as length and SHA-256"),
  side_effect_started: shared.side_effect_started,
  side_effect_completed: shared.side_effect_completed.optional(),
  recovery_state: z
    .string()
    .optional()
    .describe("what became of the command when this attempt did not end it: `requeued` or `failed`"),
  worker_id: shared.worker_id.optional(),
  manager_id: shared.manager_id.optional(),
});

/** Commands, those that a call carries out itself and those that are queued for Dispatch (spec 03 §5). */
export const commandEvents = {
  command_created: {
    kind: "telemetry",
    tells: "a command was recorded",
    actor: "workerctl",
    severity: "info",
    attributes: (z, { worker_id, manager_id }) => ({
      idempotency_key: z.string().describe("what makes a repetition the same command; else its id"),
      required_permission: z.string().nullable().describe("what the contract has to grant before it is delivered"),
      state: state(z),
      worker_id,
      manager_id,
    }),
  },
  command_attempted: {
    kind: "telemetry",
    tells: "a command is carried out by the call that recorded it",
    actor: "workerctl",
    severity: "info",
    attributes: (z, { worker_id, manager_id }) => ({ state: state(z), worker_id, manager_id }),
  },
  command_succeeded: {
    kind: "telemetry",
    tells: "a command that a call carried out itself succeeded",
    actor: "workerctl",
    severity: "info",
    attributes: ended,
  },
  command_failed: {
    kind: "telemetry",
    tells: "a command that a call carried out itself failed",
    actor: "workerctl",
    severity: "error",
    attributes: ended,
  },
  command_cancelled: {
    kind: "telemetry",
    tells: "a pending command was cancelled",
    actor: "workerctl",
    severity: "warning",
    attributes: givenUp,
  },
  command_expired: {
    kind: "telemetry",
    tells: "a pending command was not delivered in its time",
    actor: "dispatch",
    severity: "warning",
    attributes: givenUp,
  },
  command_retried: {
    kind: "telemetry",
    tells: "a command that had failed was queued again",
    actor: "workerctl",
    severity: "info",
    attributes: (z, { side_effect_started }) => ({
      forced: z.boolean().describe("whether that was insisted on"),
      side_effect_started,
      state: state(z),
    }),
  },
  dispatch_command_claimed: {
    kind: "telemetry",
    tells: "a dispatcher took a command",
    actor: "dispatch",
    severity: "info",
    attributes: (z, { worker_id, manager_id }) => ({
      attempts: z.int().describe("attempts so far, with this one"),
      claim_expires_at: z.string().nullable().describe("until when nobody else takes it"),
      worker_id,
      manager_id,
    }),
  },
  dispatch_command_permission_checked: {
    kind: "telemetry",
    tells: "the permission that a command requires was looked up; a warning when it is missing",
    actor: "dispatch",
    severity: ["info", "warning"],
    attributes: (z) => ({
      allowed: z.boolean().describe("whether the contract grants it"),
      configured: z.boolean().describe("whether the task has a contract"),
      required_permission: z.string().describe("the permission"),
    }),
  },
  dispatch_command_attempted: {
    kind: "telemetry",
    tells: "a command is about to be delivered",
    actor: "dispatch",
    severity: "info",
    attributes: (_z, { anything, delivery_mode, source_session, target_session }) => ({
      delivery_mode,
      permission_check: anything.nullable().describe("the permission that was looked up, if it requires one"),
      source_session,
      target_session,
    }),
  },
  dispatch_command_succeeded: {
    kind: "telemetry",
    tells: "an attempt delivered its command",
    actor: "dispatch",
    severity: "info",
    attributes: attemptEnded,
  },
  dispatch_command_failed: {
    kind: "telemetry",
    tells: "an attempt failed, and its command with it",
    actor: "dispatch",
    severity: "error",
    attributes: attemptEnded,
  },
  dispatch_command_blocked: {
    kind: "telemetry",
    tells: "an attempt was refused for want of a permission, and its command with it",
    actor: "dispatch",
    severity: "warning",
    attributes: attemptEnded,
  },
  dispatch_command_abandoned: {
    kind: "telemetry",
    tells: "an attempt ended before anything was typed: the command waits again (warning) or failed (error)",
    actor: "dispatch",
    severity: ["warning", "error"],
    attributes: attemptEnded,
  },
  dispatch_item_error: {
    kind: "telemetry",
    tells: "something in the queue could not be processed",
    actor: "dispatch",
    severity: "error",
    attributes: (_z, { error }) => ({ error }),
  },
} as const satisfies Record<string, EventDeclaration>;
