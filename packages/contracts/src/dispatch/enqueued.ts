import { z } from "zod";
import { label, longSeconds, messageText, NAME_CHARACTERS } from "../bounds.ts";
import { taskArgument, warnings } from "../common.ts";
import { content } from "../content.ts";
import { cli } from "../operation.ts";
import { dispatchResult } from "./entities.ts";
import { DISPATCHABLE_COMMANDS } from "./words.ts";

/** What Dispatch would say of a continuation at this moment; it decides anew when it delivers (spec 05 §5.7). */
export const gatePreview = z.object({
  would_block: z.boolean(),
  reason: z.string().nullable(),
  missing_evidence: z.array(z.string()),
});
export type GatePreview = z.infer<typeof gatePreview>;

export const enqueueFields = {
  task: taskArgument,
  message: content(cli(messageText.optional(), { dash_reads_stdin: true }), "message").describe(
    "the message; - reads standard input",
  ),
  correlation_id: label.optional().describe("label that ties this message to what follows from it; default: a new one"),
  required_permission: z
    .string()
    .max(NAME_CHARACTERS)
    .optional()
    .describe("permission the manager's configuration must grant"),
  idempotency_key: label.optional().describe("the same key and content again answers with the first command"),
  max_attempts: z.int().min(1).max(1000).default(3).describe("tries before the command fails"),
  available_at: z.iso.datetime({ offset: true }).max(40).optional().describe("not before this time"),
  delay: longSeconds.optional().describe("not before this many seconds have passed; instead of --available-at"),
  expires_in: longSeconds
    .gt(0)
    .optional()
    .describe("not delivered any more after this many seconds; default: it stays"),
  deliver: z
    .boolean()
    .optional()
    .describe("also deliver it now; what waits for the same session and is older goes first"),
};

/** What queueing a command answers (spec 03 §7.2). */
export const enqueued = z.object({
  command_id: z.string(),
  command_type: z.enum(DISPATCHABLE_COMMANDS),
  correlation_id: z.string().nullable(),
  deduplicated: z.boolean(),
  required_permission: z.string().nullable(),
  task: z.string(),
  warnings,
  delivery: dispatchResult
    .nullable()
    .optional()
    .describe("with --deliver: what became of the command; null while nobody has executed it"),
  notification_id: z.int().nullable().optional().describe("with --deliver: the item in the inbox of its target"),
});
