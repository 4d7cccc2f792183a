import { z } from "zod";
import { count } from "../common.ts";
import { operation } from "../operation.ts";
import { RUNS_PROGRAMS } from "../refusals.ts";
import { present, waiting } from "./entities.ts";

/** `overview`, and `conveyor` alone on a terminal (spec 10.3). */
export const overview = operation({
  path: "everyday.overview",
  kind: "query",
  summary: "Say what is going on in this ledger and what to do next; `conveyor` alone on a terminal",
  ledger: "read",
  refuses: RUNS_PROGRAMS,
  cli: { command: "overview", place: 10, prints: "text", examples: ["overview", "overview --json"] },
  input: z.object({}),
  output: z.object({
    ledger_path: z.string(),
    waiting: z.array(waiting).describe("what waits for you, as `inbox` shows it"),
    tasks: z.array(present).describe("open tasks, those that need somebody first"),
    sessions: z.object({ all: count, busy: count, idle: count, waiting: count, failed: count, dead: count }),
    dispatch: z.enum(["active", "silent", "none"]).describe("whether somebody delivers messages for this ledger"),
    next: z.array(z.string()).describe("commands that come next, the most urgent first"),
  }),
});
