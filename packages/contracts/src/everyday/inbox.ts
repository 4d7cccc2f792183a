import { z } from "zod";
import { rowCount } from "../bounds.ts";
import { operation } from "../operation.ts";
import { RUNS_PROGRAMS } from "../refusals.ts";
import { waiting } from "./entities.ts";

/** `inbox` (spec 10.3, 04 §8.6). */
export const inbox = operation({
  path: "everyday.inbox",
  kind: "query",
  summary:
    "Show everything that waits for you: questions, refused messages, missing answers, dead agents, usage limits",
  ledger: "read",
  refuses: RUNS_PROGRAMS,
  cli: {
    command: "inbox",
    place: 30,
    prints: "json",
    examples: ["inbox", "inbox --fields kind,why,command"],
    notes: "The inboxes of agents are read with worker-inbox, manager-inbox and session-inbox.",
  },
  input: z.object({ limit: rowCount.default(100).describe("at most this many of each kind") }),
  output: z.array(waiting).describe("what somebody has to answer first, then what failed, of each the oldest first"),
});
