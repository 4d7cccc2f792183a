import { z } from "zod";
import { nonBlank } from "../bounds.ts";
import { operation } from "../operation.ts";
import { RUNS_PROGRAMS } from "../refusals.ts";
import { checkArgument, projectRoot, silentRun } from "./entities.ts";

/** `checks answer` (spec 09 §9.2, kind `human`). */
export const answer = operation({
  path: "checks.answer",
  kind: "mutation",
  summary: "Answer the question of a check of kind human, as operator, for the files as they are now",
  ledger: "write",
  refuses: ["not_found", "permission_denied", "conflict", "terminal_state", ...RUNS_PROGRAMS],
  cli: {
    command: "checks",
    place: 85,
    action: "answer",
    prints: "json",
    examples: ['checks answer 4 --verdict yes --note "looked at every page at 800 and 1440 pixels"'],
  },
  input: z.object({
    check: checkArgument,
    root: projectRoot.optional(),
    verdict: z.enum(["yes", "no"]).describe("what you say to its question"),
    note: nonBlank.describe("what you looked at"),
  }),
  output: z.object({ run: silentRun }),
});
