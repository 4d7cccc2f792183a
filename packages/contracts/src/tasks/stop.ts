import { z } from "zod";
import { nonBlank } from "../bounds.ts";
import { operation } from "../operation.ts";
import { BY_NAME, RUNS_PROGRAMS } from "../refusals.ts";
import { closingInput, closingOutput } from "./closing.ts";

/** `stop-task TASK` (spec 01 §6.15): close it at once; nothing is audited but the decision. */
export const stop = operation({
  path: "tasks.stop",
  kind: "mutation",
  summary: "Close a task at once and stop its manager",
  ledger: "write",
  refuses: [...BY_NAME, ...RUNS_PROGRAMS, "conflict", "gate_failed", "terminal_state", "tmux_timeout"],
  cli: {
    command: "stop-task",
    place: 50,
    prints: "json",
    examples: ['stop-task auth --reason "wrong branch"', "stop-task auth --stop-worker"],
    notes: "The manager's tmux session always ends. The worker keeps running unless --stop-worker is given.",
  },
  input: closingInput.extend({
    reason: nonBlank.default("stopped by operator").describe("why it is stopped"),
  }),
  output: closingOutput.extend({ finish: z.literal(false) }),
});
