import { z } from "zod";
import { count, role, taskRefObject, timestamp } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME, RUNS_PROGRAMS } from "../refusals.ts";
import { pairScope, pairStatus } from "./entities.ts";

/** `app-heartbeat` (spec 06 §6.2). */
export const heartbeat = operation({
  path: "autonomy.heartbeat",
  kind: "mutation",
  summary: "Say that a role of a task lives, and learn what waits for it",
  ledger: "write",
  refuses: [...BY_NAME, ...RUNS_PROGRAMS, "no_active_binding", "terminal_state"],
  cli: {
    command: "app-heartbeat",
    place: 10,
    prints: "text",
    notes: `Takes nothing from the inbox. For a closed task the answer has loop_closed and says who ends the heartbeats.`,
    examples: ["app-heartbeat auth --role worker --json"],
  },
  input: z.object({ ...pairScope, role: role.describe("the role that lives") }),
  output: z.object({
    task: taskRefObject,
    role,
    heartbeat: z.object({
      state: z
        .enum(["recorded", "not_recorded"])
        .describe("not_recorded only when the task and its session are closed"),
      recorded_at: timestamp.nullable(),
    }),
    inbox: z.object({
      pending_count: count.describe("unconsumed messages to this role"),
      oldest_age_seconds: count.nullable().describe("whole seconds since the oldest of them was delivered"),
    }),
    next: z
      .object({ direct_inbox_command: z.string(), poll_command: z.string() })
      .nullable()
      .describe("null when the pair is closed"),
    loop_closed: z.boolean().describe("the task is done or failed: nothing more will come"),
    teardown: z
      .object({
        owner: z.literal("manager_or_operator"),
        task_state: z.enum(["done", "failed"]),
        advice: z.string(),
        leftovers_command: z
          .string()
          .nullable()
          .describe("with which the role reads what it never took; null: nothing"),
      })
      .nullable()
      .describe("only when the pair is closed"),
    status: pairStatus,
  }),
});
