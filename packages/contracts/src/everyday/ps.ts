import { z } from "zod";
import { oneOrMoreRows } from "../bounds.ts";
import { LIST_ROWS } from "../limits.ts";
import { cli, operation } from "../operation.ts";
import { RUNS_PROGRAMS } from "../refusals.ts";
import { present } from "./entities.ts";

/** `ps` (spec 10.3). */
export const ps = operation({
  path: "everyday.ps",
  kind: "query",
  summary: "Show tasks and sessions as one table, those that need somebody first",
  ledger: "read",
  refuses: RUNS_PROGRAMS,
  cli: { command: "ps", place: 20, prints: "json", examples: ["ps", "ps -a --fields name,state"] },
  input: z.object({
    all: cli(z.boolean(), { short: "a" }).default(false).describe("also closed tasks, and sessions that are gone"),
    limit: oneOrMoreRows.optional().describe(`at most this many of each kind; default ${LIST_ROWS}`),
  }),
  output: z.array(present),
});
