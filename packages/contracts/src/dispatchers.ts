import { z } from "zod";
import { reference, waitSeconds } from "./bounds.ts";
import { timestamp } from "./common.ts";
import { operation } from "./operation.ts";

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

/**
 * `dispatch status --follow`: first every dispatcher that has not stopped, then one item whenever one starts, beats, falls
 * silent or stops.
 */
export const onHeartbeat = operation({
  path: "dispatch.onHeartbeat",
  kind: "subscription",
  summary: "Follow the dispatchers as they start, work and stop",
  ledger: "read",
  cli: {
    command: "dispatch",
    action: "status",
    select: "follow",
    prints: "lines",
    examples: ["dispatch status --follow", "dispatch status --follow --dispatcher-id dispatch-local"],
  },
  input: z.object({
    dispatcher_id: reference.optional().describe("only dispatchers of this name"),
  }),
  output: dispatcher,
});

/** Under this id servers dispatch; it belongs to them. */
export const SERVER_DISPATCHER_ID = "dispatch-server";

/** What became of one process that was to stop. */
export const stoppedDispatcher = z.object({
  dispatcher_id: z.string(),
  instance_id: z.string(),
  pid: z.int(),
  host: z.string(),
  outcome: z
    .enum(["stopped", "was_dead", "elsewhere"])
    .describe("stopped: it ended; was_dead: it had ended without a word; elsewhere: it runs on another machine"),
  iterations: z.int(),
  total_processed: z.int(),
});
export type StoppedDispatcher = z.infer<typeof stoppedDispatcher>;

/** `dispatch stop` (spec 03 §13 item 7). */
export const stopDispatcher = operation({
  path: "dispatch.stopDispatcher",
  kind: "mutation",
  summary: "End the watching dispatchers of one id on this machine",
  ledger: "write",
  cli: {
    command: "dispatch",
    action: "stop",
    prints: "text",
    here: true,
    examples: ["dispatch stop --dispatcher-id dispatch-pair"],
  },
  input: z.object({
    dispatcher_id: reference.describe("name under which they work"),
    timeout: waitSeconds.default(15).describe("longest wait for their end in seconds"),
  }),
  output: z.object({
    dispatcher_id: z.string(),
    dispatchers: z.array(stoppedDispatcher).describe("every process of this id that had not said that it stopped"),
    stopped_count: z.int(),
  }),
});
