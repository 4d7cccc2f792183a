import { z } from "zod";
import { acknowledgement, inboxItem } from "../inbox/entities.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { command, commandArgument, commandAttempt, includeContent } from "./queued-command.ts";

/** `commands show` (spec 03 §13 item 2). */
export const showCommand = operation({
  path: "dispatch.showCommand",
  kind: "query",
  summary: "Show one command with its attempts, items and acknowledgements",
  ledger: "read",
  refuses: BY_NAME,
  cli: {
    command: "commands",
    place: 70,
    action: "show",
    prints: "text",
    examples: ["commands show command-9c --json", "commands show command-9c --include-content"],
  },
  input: z.object({ command: commandArgument, include_content: includeContent }),
  output: command.extend({
    attempt_history: z.array(commandAttempt),
    items: z.array(
      inboxItem.extend({ acknowledgements: z.array(acknowledgement).describe("every one, oldest first") }),
    ),
  }),
});
