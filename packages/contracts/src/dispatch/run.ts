import { z } from "zod";
import { operation } from "../operation.ts";
import { RUNS_PROGRAMS } from "../refusals.ts";
import { dispatchDocument, passFields } from "./entities.ts";

/** `dispatch` (spec 03 §7.1): one pass. */
export const run = operation({
  path: "dispatch.run",
  kind: "mutation",
  summary: "Deliver queued messages and route finished turns, once",
  ledger: "write",
  refuses: RUNS_PROGRAMS,
  cli: {
    command: "dispatch",
    place: 10,
    prints: "text",
    examples: ["dispatch --once --json", "dispatch --dry-run", "dispatch --watch --dispatcher-id d1"],
  },
  input: z.object(passFields),
  output: dispatchDocument,
});
