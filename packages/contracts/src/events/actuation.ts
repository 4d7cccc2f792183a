import type { EventDeclaration, Zod } from "./declaration.ts";
import type { SharedAttributes } from "./shared-attributes.ts";

/** How typing a text ended. */
const nudged = (z: Zod, { dry_run, text_length, success, error, error_type }: SharedAttributes) => ({
  dry_run,
  text_length,
  success,
  error: error.optional(),
  error_type: error_type.optional(),
  rollback_error: z.null().optional().describe("what went wrong when it was undone; nothing is undone yet"),
});

/** How pressing a key ended. */
const interrupted = (z: Zod, { dry_run, key, followup_length, success, error, error_type }: SharedAttributes) => ({
  dry_run,
  key,
  followup_length,
  success,
  interrupted: z
    .boolean()
    .nullable()
    .optional()
    .describe("whether the agent recorded the interruption; null when nobody can tell"),
  error: error.optional(),
  error_type: error_type.optional(),
  rollback_error: z.null().optional().describe("what went wrong when it was undone; nothing is undone yet"),
});

const nudging = (_z: Zod, { dry_run, text_length }: SharedAttributes) => ({ dry_run, text_length });
const interrupting = (_z: Zod, { dry_run, key, followup_length }: SharedAttributes) => ({
  dry_run,
  key,
  followup_length,
});

const begun = { kind: "telemetry", actor: "workerctl", severity: "info" } as const;
const failed = { kind: "telemetry", actor: "workerctl", severity: "error" } as const;

/** Typing into terminals by hand, to sessions and to folder-based workers (spec 02 §8.15, §8.16, 01 §7.4). */
export const actuationEvents = {
  session_nudge_started: { ...begun, tells: "a text is being typed to a session", attributes: nudging },
  session_nudge_succeeded: { ...begun, tells: "a text was typed to a session", attributes: nudged },
  session_nudge_failed: { ...failed, tells: "a text could not be typed to a session", attributes: nudged },
  session_nudged: {
    kind: "audit",
    tells: "a text was typed to a session, or could not be",
    attributes: (z, shared) => ({ session: shared.session, ...nudged(z, shared) }),
  },
  session_interrupt_started: { ...begun, tells: "a session is being interrupted", attributes: interrupting },
  session_interrupt_succeeded: { ...begun, tells: "a session was interrupted", attributes: interrupted },
  session_interrupt_failed: { ...failed, tells: "a session could not be interrupted", attributes: interrupted },
  session_interrupted: {
    kind: "audit",
    tells: "a session was interrupted, or could not be",
    attributes: (z, shared) => ({ session: shared.session, ...interrupted(z, shared) }),
  },
  worker_nudge_started: { ...begun, tells: "a text is being typed to a folder-based worker", attributes: nudging },
  worker_nudge_succeeded: { ...begun, tells: "a text was typed to a folder-based worker", attributes: nudged },
  worker_nudge_failed: { ...failed, tells: "a text could not be typed to a folder-based worker", attributes: nudged },
  worker_interrupt_started: { ...begun, tells: "a folder-based worker is being interrupted", attributes: interrupting },
  worker_interrupt_succeeded: { ...begun, tells: "a folder-based worker was interrupted", attributes: interrupted },
  worker_interrupt_failed: {
    ...failed,
    tells: "a folder-based worker could not be interrupted",
    attributes: interrupted,
  },
} as const satisfies Record<string, EventDeclaration>;
