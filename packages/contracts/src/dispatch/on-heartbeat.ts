import { z } from "zod";
import { reference } from "../bounds.ts";
import { operation } from "../operation.ts";
import { RUNS_PROGRAMS } from "../refusals.ts";
import { dispatcher } from "./dispatcher.ts";

/**
 * `dispatch status --follow`: first every dispatcher that has not stopped, then one item whenever one starts, beats, falls
 * silent or stops.
 */
export const onHeartbeat = operation({
  path: "dispatch.onHeartbeat",
  kind: "subscription",
  summary: "Follow the dispatchers as they start, work and stop",
  ledger: "read",
  refuses: RUNS_PROGRAMS,
  cli: {
    command: "dispatch",
    place: 110,
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
