import { z } from "zod";
import { messageText, reference } from "../bounds.ts";
import { role, warnings } from "../common.ts";
import { content } from "../content.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME, TYPING } from "../refusals.ts";
import { sessionState } from "../sessions/entities.ts";

/** `stop NAME` (spec 01 §6.13). */
export const stop = operation({
  path: "terminals.stop",
  kind: "mutation",
  summary: "Stop the terminal of one session or worker",
  ledger: "write",
  refuses: [...BY_NAME, ...TYPING, "rollout_missing", "rollout_unreadable"],
  cli: {
    command: "stop",
    prints: "text",
    examples: ["stop auth-worker", 'stop auth-worker --message "closing, save your work"'],
  },
  input: z.object({
    name: cli(reference, { position: 0 }).describe("session or worker, by name, id or unique id prefix"),
    message: content(cli(messageText.min(1).optional(), { dash_reads_stdin: true }), "message").describe(
      "text sent to it before, when it runs; - reads standard input",
    ),
  }),
  output: z.object({
    name: z.string(),
    kind: z.enum(["session", "worker"]).describe("worker: one of the folder-based commands"),
    role: role.nullable(),
    target: z.string().describe("its tmux session"),
    killed: z.boolean().describe("false when it was not running"),
    state: z.union([sessionState, z.literal("stopped")]),
    bound_task: z.string().nullable().describe("task whose live binding still holds the session"),
    follow_up_command: z.string().nullable().describe("closes that task properly"),
    warnings,
  }),
});
