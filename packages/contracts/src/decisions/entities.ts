import { z } from "zod";
import { count, jsonObject, timestamp } from "../common.ts";

/** What a manager may decide (spec 04 §3.4). */
export const decisionKind = z.enum(["wait", "nudge", "interrupt", "escalate", "stop", "inspect"]);
export type DecisionKind = z.infer<typeof decisionKind>;

export const decision = z.object({
  id: z.int(),
  task_id: z.string(),
  decision: decisionKind,
  reason: z.string(),
  manager_cycle_id: z.int().nullable(),
  manager_id: z.string().nullable().describe("legacy manager record"),
  manager_session_id: z.string().nullable(),
  payload: jsonObject,
  created_at: timestamp,
  single_use: z.literal(true).optional().describe("it justifies one command"),
  used_at: timestamp.optional().describe("when a command used it up"),
});
export type Decision = z.infer<typeof decision>;

/** Why a decision does not justify a mutation (spec 04 §4.8). */
export const decisionWarning = z.enum([
  "missing_decision_id",
  "decision_not_found",
  "decision_task_mismatch",
  "decision_mismatch",
  "decision_timestamp_invalid",
  "decision_stale",
  "decision_used",
]);
export type DecisionWarning = z.infer<typeof decisionWarning>;

/** The verdict of strict commands about the decision they were given (spec 04 §4.8). */
export const decisionValidation = z.object({
  ok: z.boolean(),
  decision_id: z.int().nullable(),
  decision: decision.nullable(),
  allowed_decisions: z.array(decisionKind),
  warnings: z.array(decisionWarning),
  age_seconds: z.int().optional().describe("present when the decision was found and its time can be read"),
  max_age_seconds: count.optional(),
});
export type DecisionValidation = z.infer<typeof decisionValidation>;
