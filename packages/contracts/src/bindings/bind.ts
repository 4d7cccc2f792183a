import { z } from "zod";
import { sessionRef, taskRef } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";

/** `bind` (spec 01 §6.8). */
export const bind = operation({
  path: "bindings.bind",
  kind: "mutation",
  summary: "Tie a worker and a manager session to a task",
  ledger: "write",
  refuses: [...BY_NAME, "conflict", "terminal_state"],
  cli: {
    command: "bind",
    place: 10,
    prints: "json",
    examples: ["bind --task auth --worker auth-worker --manager auth-manager"],
  },
  input: z.object({
    task: taskRef,
    worker: sessionRef.describe("worker session by name, id or unique id prefix"),
    manager: sessionRef.describe("manager session by name, id or unique id prefix"),
  }),
  output: z.object({ binding_id: z.string(), task: z.string(), worker: z.string(), manager: z.string() }),
});
