import { z } from "zod";
import { attention } from "../agent-status.ts";
import { filePath, messageText, wholeSeconds } from "../bounds.ts";
import { content } from "../content.ts";
import { cli, operation } from "../operation.ts";
import { startupState } from "./entities.ts";

/** `classify` (spec 01 §7.4, 02 §8.5). */
export const classify = operation({
  path: "workers.classify",
  kind: "query",
  summary: "Say what a terminal screen means",
  ledger: "none",
  cli: {
    command: "classify",
    place: 100,
    prints: "json",
    here: true,
    examples: ["classify --file screen.txt", "tmux capture-pane -p | conveyor classify"],
    notes: "Reads standard input when neither --text nor --file is given; --text wins over --file.",
  },
  input: z.object({
    text: cli(content(messageText), { stdin_unless: ["file"] })
      .optional()
      .describe("the screen"),
    file: cli(filePath, { path: true }).optional().describe("a file that holds the screen"),
    title: z.string().max(4096).optional().describe("the title of its pane"),
    status_age_seconds: wholeSeconds.default(90).describe("how old the last sign of life is, in seconds"),
    busy_wait_seconds: wholeSeconds.default(90).describe("how long a busy screen is normal, in seconds"),
  }),
  output: z.object({
    startup: startupState,
    startup_reason: z.string(),
    busy_wait: z.object({ pattern: z.string(), reason: z.string(), recommended_action: z.string() }).nullable(),
    status_age_seconds: z.int(),
    busy_wait_seconds: z.int(),
    attention,
    patterns: z.array(z.string()).describe("everything that the screen matches"),
    text_allowed: z.boolean().describe("whether a message would be typed into it"),
    enter_allowed: z.boolean().describe("whether Enter alone would be sent"),
    obstacle: z.string().nullable().describe("what keeps text out, null when nothing does"),
    obstacle_reason: z.string().nullable(),
  }),
});
