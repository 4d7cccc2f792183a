import { z } from "zod";
import { messageText, rowId } from "../bounds.ts";
import { PROOF_STATES } from "../checks/words.ts";
import { taskRef, timestamp, warnings } from "../common.ts";
import { content } from "../content.ts";
import { criteriaSummary } from "../criteria/entities.ts";
import { decisionValidation } from "../decisions/entities.ts";
import { cli } from "../operation.ts";

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
  mismatches: z.array(z.string()).describe("how the session differs from what was recorded"),
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
      z.object({
        step_name: z.string(),
        state: z.string().nullable(),
        ok: z.boolean(),
        latest_run: z.unknown().nullable(),
      }),
    ),
  }),
  final_adversarial_audit: z.object({
    ok: z.boolean(),
    criterion_id: z.int().nullable(),
    run_id: z.string().nullable(),
    iteration: z.int().nullable(),
  }),
  final_proof_audit: z.object({
    proof_policy: z.string().describe("what was demanded of checks"),
    ok: z.boolean(),
    subject_moved: z.boolean().describe("whether files were changed after the checks had run"),
    criteria: z.array(
      z.object({
        criterion_id: z.int(),
        state: z.enum(PROOF_STATES),
        reason: z.string(),
        next: z.string().nullable().describe("the command that brings it further"),
        ok: z.boolean(),
      }),
    ),
  }),
});
export type FinalAudits = z.infer<typeof finalAudits>;

/** How much of a capture a transcript segment keeps (spec 02 §8.11). */
export const transcriptMode = z.enum(["metadata", "excerpt", "snapshot", "segment", "full"]);
export type TranscriptMode = z.infer<typeof transcriptMode>;

/** Lines of scrollback to capture. */
export const captureLineCount = z.int().min(1).max(50_000);

const capturedSession = z.object({
  id: z.string(),
  name: z.string(),
  state: z.string(),
  tmux_session: z.string().nullable(),
  tmux_pane_id: z.string().nullable(),
});

/** One stored capture of a role's terminal, without its text unless that was asked for (spec 02 §8.11). */
export const roleCapture = z.object({
  role: z.enum(["worker", "manager"]),
  binding_id: z.string().nullable(),
  observation_id: z.int(),
  task: z.object({ id: z.string(), name: z.string(), state: z.string() }),
  worker: capturedSession.optional(),
  manager: capturedSession.optional(),
  capture: z.object({
    id: z.int(),
    source: z.string(),
    captured_at: timestamp,
    history_lines: z.int(),
    content_sha256: z.string(),
    line_count: z.int(),
    classifier: z.object({ busy_wait: z.unknown().nullable(), startup: z.tuple([z.string(), z.string()]) }),
    output: content(z.string().optional()).describe("the captured text, when it was asked for"),
    output_redacted: z.literal(true).optional(),
    output_byte_count: z.int().optional(),
    output_line_count: z.int().optional(),
  }),
  transcript_segment: z
    .object({
      id: z.int(),
      mode: transcriptMode,
      segment_kind: z.string(),
      line_count: z.int(),
      source_capture_id: z.int(),
      previous_capture_id: z.int().nullable(),
    })
    .nullable()
    .describe("null when nothing was new"),
});
export type RoleCapture = z.infer<typeof roleCapture>;

/** A role that could not be captured. */
export const captureFailure = z.object({
  role: z.enum(["worker", "manager"]),
  error: z.string(),
  error_code: z.string(),
});
export type CaptureFailure = z.infer<typeof captureFailure>;

/** What every closing command takes. */
export const closingInput = z.object({
  task: cli(taskRef, { position: 0, placeholder: "task" }),
  decision_id: rowId.min(1).optional().describe("the recorded manager decision that justifies it"),
  strict_decisions: z.boolean().default(false).describe("refuse unless that decision is a fresh `stop` of this task"),
  stop_worker: z.boolean().default(false).describe("end the worker's tmux session"),
  message: content(messageText.optional(), "message").describe("text sent to the worker before it is stopped"),
});

/** What every closing command answers. */
export const closingOutput = z.object({
  task: z.string(),
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
  worker_identity: sessionIdentity.nullable(),
  manager_identity: sessionIdentity.nullable(),
  pending_commands: z.int().describe("queued commands of the task that were cancelled"),
  unread_notifications: z.int().describe("inbox items of the task that nobody consumed"),
  warnings,
});
