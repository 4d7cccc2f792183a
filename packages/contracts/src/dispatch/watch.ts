import { z } from "zod";
import { counter } from "../bounds.ts";
import { operation } from "../operation.ts";
import { RUNS_PROGRAMS } from "../refusals.ts";
import { dispatchDocument, passFields } from "./entities.ts";

/** `dispatch --watch` (spec 03 §7.1): passes until bounded or signalled. */
export const watch = operation({
  path: "dispatch.watch",
  kind: "mutation",
  summary: "Keep delivering queued messages and routing finished turns",
  ledger: "create",
  refuses: [...RUNS_PROGRAMS, "conflicting_flags"],
  cli: {
    command: "dispatch",
    place: 20,
    select: "watch",
    prints: "text",
    here: true,
    examples: ["dispatch --watch", "dispatch --watch --watch-iterations 2 --dry-run --json"],
  },
  input: z.object({
    ...passFields,
    watch_iterations: counter.min(1).optional().describe("stop after this many passes; default: never"),
    exclusive: z.boolean().default(false).describe("do nothing when a live watcher of this dispatcher id exists"),
    while_bound: z.boolean().default(false).describe("end when no task is bound to a worker and a manager any more"),
  }),
  output: dispatchDocument,
});
