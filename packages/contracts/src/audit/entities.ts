import { z } from "zod";
import { jsonObject, timestamp } from "../common.ts";
import { content } from "../content.ts";

/** A command, or a notification that no command asked for, with everything that it led to (spec 03 §6.13). */
export const correlationChain = z.looseObject({
  attempt_ids: z.array(z.int()),
  command_id: z.string().nullable(),
  command_state: z.string(),
  command_type: z.string(),
  correlation_id: z.string().nullable(),
  created_at: timestamp,
  manager_cycle_id: z.int().nullable(),
  manager_decision_id: z.int().nullable(),
  routed_notification_ids: z.array(z.int()),
});

export const replayEntry = z.object({
  seq: z.int().describe("place in the ledger's one order of the moment that it shows"),
  timestamp,
  actor: z.string(),
  kind: z.string(),
  source: z.string(),
  source_id: z.union([z.int(), z.string()]).nullable(),
  summary: z.string(),
  details: content(jsonObject, "record"),
  content: content(z.string().nullable().optional(), "text", { shown_by: { field: "format", value: "transcript" } }),
});
export type ReplayEntry = z.infer<typeof replayEntry>;

/** A window back from now, or a moment. */
export const sinceTime = z
  .string()
  .max(64)
  .regex(
    /^([1-9][0-9]{0,8}[smhdw]|\d{4}-\d{2}-\d{2}.*)$/i,
    "must be a window such as 30m, 24h, 7d, or an ISO timestamp",
  );
