import { z } from "zod";
import { taskRefObject } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { finalAudits } from "./closing.ts";
import { finish } from "./finish.ts";

/** `finish-task --check` (spec 04 §8): what a finish with these flags would say; writes nothing and runs no check. */
export const checkFinish = operation({
  path: "tasks.checkFinish",
  kind: "query",
  summary: "Say whether a task may be finished, gate by gate, and change nothing",
  ledger: "read",
  refuses: [...BY_NAME, "terminal_state"],
  cli: {
    command: "finish-task",
    place: 45,
    select: "check",
    prints: "json",
    notes:
      "Every gate is looked at, also those that are not demanded; the exit code is 1 when one that is demanded refuses.",
    examples: ["finish-task auth --check --require-criteria-audit --require-acks"],
  },
  input: finish.input,
  output: z.object({
    task: taskRefObject,
    ready: z.boolean().describe("no gate that is demanded refuses"),
    gates: z.array(
      z.object({
        stage: z.string(),
        required: z.boolean().describe("demanded by a flag or by the manager config"),
        ok: z.boolean(),
        reason: z.string().nullable().describe("why it refuses, or would"),
        fix: z.array(z.string()).describe("the commands that would satisfy it"),
      }),
    ),
    ...finalAudits.shape,
  }),
});
