import { z } from "zod";
import { reference, waitSeconds } from "../bounds.ts";
import { operation } from "../operation.ts";
import { RUNS_PROGRAMS } from "../refusals.ts";

/** What happened to one process that was to stop. */
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
  refuses: [...RUNS_PROGRAMS, "conflict", "not_found"],
  cli: {
    command: "dispatch",
    place: 120,
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
