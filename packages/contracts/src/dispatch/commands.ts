import { z } from "zod";
import { label, oneOrMoreRows, reference } from "../bounds.ts";
import { taskRef } from "../common.ts";
import { LIST_ROWS } from "../limits.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { command, commandState, includeContent } from "./queued-command.ts";

/** `commands` (spec 03 §7.8). */
export const commands = operation({
  path: "dispatch.commands",
  kind: "query",
  summary: "List the durable command log in order of creation",
  ledger: "read",
  refuses: BY_NAME,
  cli: {
    command: "commands",
    place: 60,
    prints: "text",
    examples: ["commands --task auth --attempts --json", "commands --state failed"],
  },
  input: z.object({
    task: taskRef.optional().describe("only commands of this task"),
    type: label.optional().describe("only this type of command"),
    state: commandState.optional().describe("only commands in this state"),
    worker: reference.optional().describe("only this legacy worker id"),
    manager: reference.optional().describe("only this legacy manager id"),
    attempts: z.boolean().default(false).describe("also every attempt"),
    limit: oneOrMoreRows.optional().describe(`only the newest N; default ${LIST_ROWS}`),
    correlation_id: label.optional().describe("only this correlation id"),
    since: z.iso.datetime({ offset: true }).max(40).optional().describe("only commands created at this time or later"),
    include_content: includeContent,
  }),
  output: z.array(command),
});
