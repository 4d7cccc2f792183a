import { z } from "zod";
import { message } from "../bounds.ts";
import { timestamp } from "../common.ts";
import { content } from "../content.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME, TYPING } from "../refusals.ts";
import { workerArgument } from "./entities.ts";

/** `nudge NAME MESSAGE` (spec 01 §7.4, 02 §8.17). */
export const nudge = operation({
  path: "workers.nudge",
  kind: "mutation",
  summary: "Type a message into a worker's terminal, after looking at it",
  ledger: "create",
  refuses: [...BY_NAME, ...TYPING, "conflict", "idempotency_conflict"],
  cli: { command: "nudge", place: 70, prints: "text", examples: ['nudge docs "Report what you have so far"'] },
  input: z.object({
    name: workerArgument,
    message: cli(content(message, "message").describe("what to type"), {
      position: 1,
      placeholder: "message",
      dash_reads_stdin: true,
    }),
    dry_run: z.boolean().default(false).describe("look, but type nothing"),
    force: z.boolean().default(false).describe("type even when the pane shows a prompt"),
  }),
  output: z.object({
    name: z.string(),
    kind: z.enum(["folder", "session"]),
    target: z.string(),
    text_length: z.int(),
    dry_run: z.boolean(),
    side_effect_started: z.boolean(),
    side_effect_completed: z.boolean(),
    submission: z.enum(["confirmed", "unconfirmed", "not_submitted"]).nullable(),
    pane_pattern_before: z.string().nullable(),
    time: timestamp,
  }),
});
