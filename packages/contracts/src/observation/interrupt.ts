import { z } from "zod";
import { messageText, printable } from "../bounds.ts";
import { sessionRef, timestamp } from "../common.ts";
import { content } from "../content.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME, TYPING } from "../refusals.ts";

/** `session-interrupt SESSION` (spec 02 §8.16). */
export const interrupt = operation({
  path: "observation.interrupt",
  kind: "mutation",
  summary: "Interrupt what a session's agent is doing",
  ledger: "write",
  refuses: [...BY_NAME, ...TYPING, "nothing_to_interrupt"],
  shows_content: true,
  cli: {
    command: "session-interrupt",
    place: 50,
    prints: "json",
    examples: ['session-interrupt auth-worker --followup "Stop and report what you changed"'],
    notes:
      "Without --key the agent's own interrupt key is sent, and only while a turn runs (nothing_to_interrupt otherwise).",
  },
  input: z.object({
    session: cli(sessionRef, { position: 0, placeholder: "session" }),
    key: printable(64).optional().describe("tmux name of the key to send instead, for instance C-c"),
    followup: cli(content(messageText.optional(), "message"), { dash_reads_stdin: true }).describe(
      "text to type once the interrupt has taken effect; - reads standard input",
    ),
    dry_run: z.boolean().default(false).describe("check everything, but send nothing"),
    force: z.boolean().default(false).describe("send the key although no turn runs"),
  }),
  output: z.object({
    session: z.string(),
    target: z.string(),
    key: z.string(),
    followup: content(z.string().nullable(), "message"),
    time: timestamp,
    dry_run: z.boolean(),
    interrupted: z.boolean().nullable().describe("whether the agent recorded it; null when nothing tells"),
    side_effect_started: z.boolean(),
    side_effect_completed: z.boolean(),
  }),
});
