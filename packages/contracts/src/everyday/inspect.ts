import { z } from "zod";
import { agentStatus } from "../agent-status.ts";
import { messageLatency, traceEntry } from "../audit/trace.ts";
import { jsonObject } from "../common.ts";
import { content } from "../content.ts";
import { operation } from "../operation.ts";
import { BY_NAME, RUNS_PROGRAMS } from "../refusals.ts";
import { thingArgument, thingKind } from "./entities.ts";

/** `inspect REF` (spec 10.3, 07 §Beyond 10). */
export const inspect = operation({
  path: "everyday.inspect",
  kind: "query",
  summary: "Show everything about one thing, and why it is in its state",
  ledger: "read",
  refuses: [...BY_NAME, ...RUNS_PROGRAMS],
  cli: {
    command: "inspect",
    aliases: ["explain"],
    place: 90,
    prints: "json",
    examples: ["inspect auth", "inspect auth-worker", "inspect 12 --include-content", "inspect decision/7"],
    notes: "A number is the number of an inbox item. Also: decision/ID, cycle/ID, event/ID, and telemetry by its id.",
  },
  input: z.object({
    ref: thingArgument,
    include_content: z.boolean().default(false).describe("show message bodies instead of redacting them"),
  }),
  output: z.object({
    kind: z.enum([...thingKind.options, "item", "decision", "cycle", "event", "telemetry"]),
    id: z.string(),
    name: z.string(),
    state: z.string(),
    why: z.string().describe("what put it into this state, in a few words"),
    agent_status: agentStatus.nullable().describe("of a session"),
    record: content(jsonObject, "record").describe("what is stored about it"),
    chain: z
      .object({ correlation_id: z.string(), entries: z.array(traceEntry), latencies: z.array(messageLatency) })
      .nullable()
      .describe("everything that bears its correlation id, as `trace` tells it"),
    next: z.array(z.string()).describe("commands that say or do more"),
  }),
});
