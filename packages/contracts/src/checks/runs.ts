import { z } from "zod";
import { rowCount, rowId } from "../bounds.ts";
import { taskArgument, taskRefObject } from "../common.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { checkRun } from "./entities.ts";

/** `checks runs` (spec 09 §9.4). */
export const runs = operation({
  path: "checks.runs",
  kind: "query",
  summary: "List the runs of a task's checks, newest first",
  ledger: "read",
  refuses: BY_NAME,
  cli: { command: "checks", place: 40, action: "runs", prints: "json", examples: ["checks runs auth --criterion 1"] },
  input: z.object({
    task: taskArgument,
    criterion_id: cli(rowId, { flag: "criterion", placeholder: "id" })
      .optional()
      .describe("only runs for this criterion"),
    limit: rowCount.default(50).describe("only the newest this many; 0 lists all"),
    include_content: cli(z.boolean(), { flag: "output" })
      .default(false)
      .describe("show the end of what each run printed"),
  }),
  output: z.object({ task: taskRefObject, runs: z.array(checkRun) }),
});
