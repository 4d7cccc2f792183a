import { z } from "zod";
import { label } from "../bounds.ts";
import { taskRef, taskRefObject } from "../common.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { correlationChain, replayEntry } from "./entities.ts";

/** One thing that bears a correlation id, as `replay` tells it; `details` is the row itself, without its content. */
export const traceEntry = replayEntry.omit({ content: true });
export type TraceEntry = z.infer<typeof traceEntry>;

const milliseconds = z.int().min(0).nullable();

/** How long a message took from step to step; null where a step is missing (spec 03 §13 item 4). */
export const messageLatency = z.object({
  command_id: z.string().nullable(),
  notification_id: z.int().nullable(),
  type: z.string().describe("type of the command, else the signal"),
  enqueue_to_claim_ms: milliseconds.describe("until a dispatcher first claimed the command"),
  enqueue_to_deliver_ms: milliseconds.describe("of a notification without command: since it was written"),
  deliver_to_consume_ms: milliseconds,
  consume_to_ack_ms: milliseconds.describe("until the first acknowledgement after it was taken"),
});
export type MessageLatency = z.infer<typeof messageLatency>;

/** `trace CORRELATION_ID` (spec 03 §13 item 4). */
export const trace = operation({
  path: "audit.trace",
  kind: "query",
  summary: "Follow one correlation id through everything that bears it",
  ledger: "read",
  refuses: BY_NAME,
  cli: {
    command: "trace",
    place: 30,
    prints: "text",
    examples: ["trace slice-4", "trace slice-4 --task auth --json", "trace slice-4 --include-content"],
  },
  input: z.object({
    correlation_id: cli(label, { position: 0, placeholder: "correlation-id" }).describe("the id to follow"),
    task: taskRef.optional().describe("only what belongs to this task"),
    include_content: z.boolean().default(false).describe("show message bodies instead of redacting them"),
  }),
  output: z.object({
    correlation_id: z.string(),
    tasks: z.array(taskRefObject).describe("the tasks that it touches"),
    entries: z.array(traceEntry).describe("in the order in which it happened"),
    entry_count: z.int(),
    truncated: z.boolean().describe("there is more than shown: of each kind the newest 1000"),
    latencies: z.array(messageLatency).describe("one per notification, and one per command without any"),
    correlation_chains: z.array(correlationChain),
  }),
});
