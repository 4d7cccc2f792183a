import { z } from "zod";
import { timestamp } from "../common.ts";

/** Whether a dispatcher works, has fallen silent, or said that it stopped (spec 03 §6.11). */
export const dispatcherState = z.enum(["active", "stale", "stopped"]);
export type DispatcherState = z.infer<typeof dispatcherState>;

/** One process that dispatches, as its row of the registry says (spec 03 §4.6), and what that amounts to now. */
export const dispatcher = z.object({
  dispatcher_id: z.string().describe("name under which it works"),
  instance_id: z.string().describe("tells two processes of one name apart"),
  pid: z.int(),
  pid_started_at: z.string().nullable().describe("tells the process from a later one with the same pid"),
  host: z.string(),
  started_at: timestamp,
  last_heartbeat_at: timestamp,
  iteration: z.int().describe("passes so far"),
  interval_seconds: z.number(),
  watch: z.boolean(),
  dry_run: z.boolean(),
  last_processed_count: z.int().describe("results of its last pass"),
  total_processed: z.int(),
  last_error: z.string().nullable(),
  stopped_at: timestamp.nullable(),
  state: dispatcherState,
  age_seconds: z.int().describe("whole seconds since its last heartbeat"),
  stale_after_seconds: z.number().describe("age up to which it counts as active"),
});
export type Dispatcher = z.infer<typeof dispatcher>;
