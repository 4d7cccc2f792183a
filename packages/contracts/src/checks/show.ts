import { z } from "zod";
import { cli, operation } from "../operation.ts";
import { checkArgument, checkRun, criterionCheck } from "./entities.ts";

/** `checks show` (spec 09 §9.4). */
export const show = operation({
  path: "checks.show",
  kind: "query",
  summary: "Show a check and its newest run",
  ledger: "read",
  refuses: ["not_found"],
  cli: {
    command: "checks",
    place: 30,
    action: "show",
    prints: "json",
    examples: ["checks show 3", "checks show 3 --output"],
  },
  input: z.object({
    check: checkArgument,
    include_content: cli(z.boolean(), { flag: "output" })
      .default(false)
      .describe("show the end of what the run printed"),
  }),
  output: z.object({ check: criterionCheck, newest_run: checkRun.nullable() }),
});
