import { z } from "zod";
import { cli, operation } from "../operation.ts";
import { noticeSinks } from "./sinks.ts";

/** `notify test SINK` (spec 10 §10.5). */
export const testSink = operation({
  path: "notifications.testSink",
  kind: "mutation",
  summary: "Send a notification through one sink of the configuration, and say how that went",
  ledger: "none",
  refuses: ["not_found", "tool_missing", "side_effect_failed", "timeout", "unsupported_platform"],
  cli: {
    command: "notify",
    action: "test",
    place: 20,
    prints: "json",
    here: true,
    notes: "Sinks are tables [[notify.sinks]] of the configuration file; `conveyor config path` says where that is.",
    examples: ["notify test desk"],
  },
  input: z.object({
    sink: cli(z.string().min(1).max(40), { position: 0, placeholder: "sink" }).describe("name of the sink"),
    sinks: cli(noticeSinks, { hidden: true }).default([]).describe("those of the configuration"),
  }),
  output: z.object({ sink: z.string(), type: z.string(), delivered: z.boolean() }),
});
