import { z } from "zod";
import { messageText, nonBlank, rowId } from "../bounds.ts";
import { taskArgument, timestamp } from "../common.ts";
import { content } from "../content.ts";
import { decisionValidation } from "../decisions/entities.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME, TYPING } from "../refusals.ts";
import { permissionReason } from "./entities.ts";

const fields = {
  task: taskArgument,
  clear: z.boolean().default(false).describe("send /clear instead of /compact"),
  prompt_only: z.boolean().default(false).describe("send an explanation instead of a slash command"),
  message: content(messageText.optional(), "message").describe("the explanation; sent only with --prompt-only"),
  dry_run: z.boolean().default(false).describe("record the request and type nothing"),
};

const both = {
  kind: "mutation",
  ledger: "write",
  refuses: [
    ...BY_NAME,
    ...TYPING,
    "conflict",
    "gate_failed",
    "no_active_binding",
    "permission_denied",
    "worker_not_tmux",
  ],
  shows_content: true,
  output: z.object({
    command_id: z.string(),
    task: z.string(),
    worker_session: z.string(),
    manager_decision: decisionValidation,
    permission_check: z.object({
      action: z.literal("worker_compact_clear"),
      allowed: z.boolean(),
      handoff_id: z.int().nullable(),
      reasons: z.array(permissionReason),
    }),
    message: content(z.string(), "message"),
    send_text: content(z.string(), "message"),
    slash_command: z.enum(["/compact", "/clear"]).nullable(),
    send_result: z.object({
      dry_run: z.boolean(),
      session: z.string(),
      target: z.string(),
      text: content(z.string(), "message"),
      time: timestamp,
      side_effect_started: z.boolean(),
      side_effect_completed: z.boolean(),
    }),
  }),
} as const;

const NOTES =
  "It needs the permissions worker_session.compact and worker_session.clear and a handoff of the worker. A refusal is recorded and ends with 1.";

/** `request-worker-compact` (spec 04 §4.9). */
export const requestCompact = operation({
  path: "contract.requestCompact",
  summary: "Have the worker's agent clean its context",
  cli: {
    command: "request-worker-compact",
    place: 120,
    prints: "json",
    notes: NOTES,
    examples: ["request-worker-compact auth --decision-id 12 --strict-decisions"],
  },
  input: z.object({
    ...fields,
    decision_id: rowId.min(1).optional().describe("the recorded decision to nudge that justifies it"),
    strict_decisions: z
      .boolean()
      .default(false)
      .describe("refuse unless that decision is a fresh `nudge` of this task"),
  }),
  ...both,
});

/** `compact-worker` (spec 04 §4.10): decide and request in one. */
export const compactWorker = operation({
  path: "contract.compactWorker",
  summary: "Decide to clean the worker's context, and have it done",
  cli: {
    command: "compact-worker",
    place: 130,
    prints: "json",
    notes: NOTES,
    examples: ['compact-worker auth --reason "Context is long; the handoff is saved"'],
  },
  input: z.object({
    ...fields,
    reason: nonBlank.describe("why; becomes the decision's reason"),
    cycle_id: cli(rowId, { placeholder: "n" }).optional().describe("the cycle that led to it"),
  }),
  ...both,
});
