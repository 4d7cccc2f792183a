import { z } from "zod";
import { label, messageText } from "../bounds.ts";
import { sessionArgument, timestamp } from "../common.ts";
import { content } from "../content.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME, TYPING } from "../refusals.ts";

const submission = z.enum(["confirmed", "unconfirmed", "not_submitted"]);

/** `session-nudge SESSION TEXT` (spec 02 §8.15). */
export const nudge = operation({
  path: "observation.nudge",
  kind: "mutation",
  summary: "Type text into a session's terminal, after looking at it",
  ledger: "write",
  refuses: [...BY_NAME, ...TYPING, "conflict", "idempotency_conflict"],
  shows_content: true,
  cli: {
    command: "session-nudge",
    place: 40,
    prints: "json",
    examples: [
      'session-nudge auth-worker "Run the parser tests"',
      "session-nudge auth-worker - < plan.md",
      'session-nudge auth-worker ""',
    ],
    notes:
      "Empty text presses Enter only. The text arrives exactly, and nothing in it acts as a command of the agent. A pane that\n" +
      "shows a prompt or menu, or a draft in its composer, is left alone (pane_not_ready, composer_not_empty) unless forced;\n" +
      "one in which the registered agent has not the keyboard always (agent_gone). `confirmed`: the agent has recorded it.",
  },
  input: z.object({
    session: sessionArgument,
    text: cli(content(messageText, "message"), { position: 1, placeholder: "text", dash_reads_stdin: true }).describe(
      "what to type; empty presses Enter",
    ),
    dry_run: z.boolean().default(false).describe("look, but type nothing"),
    force: z
      .boolean()
      .default(false)
      .describe("type even when the pane shows a prompt or a draft; never where the agent is gone"),
    no_submit: z.boolean().default(false).describe("leave the text in the composer, without Enter"),
    idempotency_key: label.optional().describe("the same key again answers without typing again"),
  }),
  output: z.object({
    session: z.string(),
    target: z.string(),
    text: content(z.string(), "message"),
    time: timestamp,
    dry_run: z.boolean(),
    side_effect_started: z.boolean(),
    side_effect_completed: z.boolean(),
    submission: submission.nullable(),
    pane_pattern_before: z.string().nullable(),
  }),
});
