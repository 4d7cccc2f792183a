import { z } from "zod";
import { oneOrMoreRows, reference } from "../bounds.ts";
import { LIST_ROWS } from "../limits.ts";
import { operation } from "../operation.ts";
import { BY_NAME, RUNS_PROGRAMS } from "../refusals.ts";
import { taskListItem } from "./entities.ts";

/** `tasks`: list (spec 01 §6.7). */
export const list = operation({
  path: "tasks.list",
  kind: "query",
  summary: "List tasks in order of creation",
  ledger: "read",
  refuses: [...BY_NAME, ...RUNS_PROGRAMS],
  cli: { command: "tasks", place: 10, prints: "text", examples: ["tasks --active --json"] },
  input: z.object({
    active: z.boolean().default(false).describe("only open tasks (candidate, managed, paused)"),
    limit: oneOrMoreRows.optional().describe(`at most this many; default ${LIST_ROWS}`),
    after: reference.optional().describe("go on after this task: the id of the last one of the list before"),
  }),
  output: z.array(taskListItem),
});
