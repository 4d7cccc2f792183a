import { z } from "zod";
import { operation } from "../operation.ts";
import { workerState } from "./entities.ts";

const listed = z.object({
  name: z.string(),
  running: z.boolean(),
  status: z.enum(["running", "stopped"]),
  state: workerState,
  current_task: z.string().nullable(),
  terminal_error: z.string().optional().describe("why nobody could tell whether it runs"),
});

/** `list` (spec 01 §7.3, 02 §8.17). */
export const list = operation({
  path: "workers.list",
  kind: "query",
  summary: "List the workers that have a folder in the state root",
  ledger: "none",
  cli: { command: "list", place: 30, prints: "text", notes: "Registered sessions are listed by `sessions`." },
  input: z.object({}),
  output: z.array(listed),
});
