import { z } from "zod";
import { count, taskRef, timestamp } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { DISPATCHABLE_COMMANDS } from "./words.ts";

const deadCommand = z.object({
  command_id: z.string(),
  command_type: z.enum(DISPATCHABLE_COMMANDS),
  correlation_id: z.string().nullable(),
  created_at: timestamp,
  error: z.string().nullable(),
  state: z.enum(["failed", "blocked"]),
  task: z.string().describe("name of its task"),
  retry: z.string().nullable().describe("the command line that queues it anew; null when that cannot help"),
});

/** Commands that ended for the same reason, and what helps. */
export const deadGroup = z.object({
  error_code: z.string().describe("why they failed, or were blocked"),
  count,
  advice: z.string().describe("what helps, in words"),
  fix: z.array(z.string()).describe("command lines that remove the cause, for the commands shown"),
  commands: z.array(deadCommand).describe("the newest first"),
});

/** `commands dead` (spec 03 §13 item 9). */
export const deadCommands = operation({
  path: "dispatch.deadCommands",
  kind: "query",
  summary: "List messages that were never delivered, by reason, with what helps",
  ledger: "read",
  refuses: BY_NAME,
  cli: {
    command: "commands",
    place: 100,
    action: "dead",
    prints: "text",
    notes:
      "Left out: what was cancelled, what was retried since (the retry stands for it), continuations whose iteration has\n" +
      "begun, and, unless --task names it, everything of a closed task.",
    examples: ["commands dead", "commands dead --task auth --json"],
  },
  input: z.object({
    task: taskRef.optional().describe("only commands of this task"),
    limit: z.int().min(1).max(100).default(5).describe("show at most the newest N of each reason"),
  }),
  output: z.object({ total: count, groups: z.array(deadGroup).describe("most frequent first") }),
});
