import { z } from "zod";
import { newName, oneOrMoreRows, waitSeconds } from "../bounds.ts";
import { DEFAULT_DISPATCHER_ID, DISPATCH_TYPES } from "./words.ts";

export const deliveryMode = z.enum(["push", "pull_required"]);
export type DeliveryMode = z.infer<typeof deliveryMode>;

/** Stable reasons of a failed or deferred result item (spec 03 §7.1). */
export const DISPATCH_ERROR_CODES = [
  "invalid_payload",
  "no_active_binding",
  "permission_denied",
  "push_target_unavailable",
  "push_failed",
  "stale_side_effect",
  "attempts_exhausted",
  "unknown_run",
  "run_task_mismatch",
  "pane_not_ready",
  "composer_not_empty",
  "pane_busy",
  "pane_synchronized",
  "agent_gone",
  "unprovable",
  "lease_lost",
  "cancelled",
  "expired",
  "internal",
] as const;

export type DispatchErrorCode = (typeof DISPATCH_ERROR_CODES)[number];

/** What the permission gate found (spec 03 §6.6). */
export const permissionCheck = z.object({
  allowed: z.boolean(),
  configured: z.boolean(),
  required_permission: z.string(),
});
export type PermissionCheck = z.infer<typeof permissionCheck>;

/** One thing that a pass did; which keys there are depends on `state` (spec 03 §7.1, variants 1 to 10). */
export const dispatchResult = z.looseObject({
  state: z.enum([
    "planned",
    "delivered",
    "unconfirmed",
    "pull_required",
    "requeued",
    "blocked",
    "failed",
    "suppressed",
  ]),
  correlation_id: z.string().nullable().optional(),
  command_id: z.string().optional(),
  command_type: z.string().optional(),
  attempt_id: z.int().nullable().optional(),
  signal_type: z.string().optional(),
  source_event_id: z.int().nullable().optional(),
  notification_id: z.int().nullable().optional(),
  delivery_mode: deliveryMode.optional(),
  target_session: z.string().nullable().optional(),
  permission_check: permissionCheck.nullable().optional(),
  side_effect_started: z.boolean().optional(),
  side_effect_completed: z.boolean().optional(),
  dry_run: z.boolean().optional(),
  error: z.string().nullable().optional(),
  error_type: z.string().optional(),
  error_code: z.enum(DISPATCH_ERROR_CODES).optional(),
  reason: z.string().nullable().optional(),
});
export type DispatchResult = z.infer<typeof dispatchResult>;

export const dispatchDocument = z.object({
  dispatcher_id: z.string(),
  dry_run: z.boolean(),
  iterations: z.int(),
  processed: z.array(dispatchResult),
  processed_count: z.int(),
  processed_truncated: z.boolean().optional().describe("only the last 1000 results are shown"),
  skipped_historical_events: z.int().describe("completions older than their binding's watermark, which are not routed"),
  watch: z.boolean(),
  stopped_by: z.string().nullable().optional().describe("what ended the watch: a signal, or no_bound_task"),
  already_running: z.boolean().optional().describe("a live watcher of this id exists, so this one did not start"),
});
export type DispatchDocument = z.infer<typeof dispatchDocument>;

export const passFields = {
  once: z.boolean().default(false).describe("one pass and then stop; the default"),
  limit: oneOrMoreRows.default(10).describe("at most this many results per pass"),
  interval: waitSeconds.default(2).describe("longest time between passes in seconds"),
  dispatcher_id: newName(128).default(DEFAULT_DISPATCHER_ID).describe("name under which this dispatcher works"),
  type: z.enum(DISPATCH_TYPES).optional().describe("only this type; default: all"),
  lease_seconds: z
    .int()
    .min(1)
    .max(86_400)
    .default(60)
    .describe("how long a claimed command stays claimed when its dispatcher dies"),
  dry_run: z.boolean().default(false).describe("only say what would be done"),
  no_ingest: z.boolean().default(false).describe("do not read the workers' rollouts first"),
};
