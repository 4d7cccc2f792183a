import { z } from "zod";
import { sessionRef, taskRef } from "./common.ts";
import { operation } from "./operation.ts";

/** Binding states that hold their task and sessions (spec 01 §2). */
export const LIVE_BINDING_STATES = ["active", "ending"] as const;

/** `bind` (spec 01 §6.8). */
export const bind = operation({
  path: "bindings.bind",
  kind: "mutation",
  summary: "Tie a worker and a manager session to a task",
  ledger: "write",
  cli: { command: "bind", prints: "json", examples: ["bind --task auth --worker auth-worker --manager auth-manager"] },
  input: z.object({
    task: taskRef,
    worker: sessionRef.describe("worker session by name, id or unique id prefix"),
    manager: sessionRef.describe("manager session by name, id or unique id prefix"),
  }),
  output: z.object({ binding_id: z.string(), task: z.string(), worker: z.string(), manager: z.string() }),
});

/** `unbind` (spec 01 §6.9): a binding that has already ended is reported, not an error. */
export const unbind = operation({
  path: "bindings.unbind",
  kind: "mutation",
  summary: "End a task's live binding",
  ledger: "write",
  cli: { command: "unbind", prints: "json", examples: ["unbind --task auth"] },
  input: z.object({ task: taskRef }),
  output: z.object({
    task: z.string(),
    state: z.enum(["ended", "invalid"]),
    already_ended: z.literal(true).optional().describe("present when there was nothing left to end"),
  }),
});
