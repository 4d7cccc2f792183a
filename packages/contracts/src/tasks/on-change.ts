import { z } from "zod";
import { operation } from "../operation.ts";
import { RUNS_PROGRAMS } from "../refusals.ts";
import { taskListItem } from "./entities.ts";

/** `tasks --follow` (spec 06 §6.6.3): first the present tasks, then each that changes, closing included. */
export const onChange = operation({
  path: "tasks.onChange",
  kind: "subscription",
  summary: "Follow tasks as they are created and change",
  ledger: "read",
  refuses: RUNS_PROGRAMS,
  cli: { command: "tasks", place: 20, select: "follow", prints: "lines", examples: ["tasks --follow --active"] },
  input: z.object({
    active: z.boolean().default(false).describe("begin with open tasks only; one that closes later is still told"),
  }),
  output: taskListItem,
});
