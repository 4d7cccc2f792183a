import { z } from "zod";
import { reference } from "../bounds.ts";
import { timestamp } from "../common.ts";
import { content } from "../content.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";

/** `dispatch show` (spec 06 §6.6.2 item 8). */
export const showMessage = operation({
  path: "dispatch.showMessage",
  kind: "mutation",
  summary: "Show the words of one message, and leave a note that they were shown",
  ledger: "write",
  refuses: BY_NAME,
  shows_content: true,
  cli: {
    command: "dispatch",
    place: 140,
    action: "show",
    prints: "text",
    examples: ["dispatch show 12", "dispatch show command-1f3c --json"],
  },
  input: z.object({
    id: cli(reference, { position: 0, placeholder: "message" }).describe(
      "number of a notification, or id or unique id prefix of a command",
    ),
  }),
  output: z.object({
    notification_id: z.int().nullable(),
    command_id: z.string().nullable(),
    signal_type: z.string(),
    message: content(z.string().nullable(), "message"),
    last_agent_message: content(z.string().nullable()).describe("what the worker said last, of a finished turn"),
    receipt: z.object({ event_id: z.string(), event_type: z.string(), recorded_at: timestamp }),
  }),
});
