import { z } from "zod";
import { warnings } from "../common.ts";
import { content } from "../content.ts";
import { operation } from "../operation.ts";
import { BY_NAME, TMUX } from "../refusals.ts";
import { shownLines, workerArgument } from "./entities.ts";

/** `capture NAME` (spec 01 §7.3, 02 §8.6). */
export const capture = operation({
  path: "workers.capture",
  kind: "mutation",
  summary: "Store what a worker's terminal shows now",
  ledger: "create",
  refuses: [...BY_NAME, ...TMUX, "conflict"],
  cli: {
    command: "capture",
    place: 60,
    prints: "json",
    examples: ["capture docs", "capture docs --include-content > screen.txt"],
    notes: "With --include-content the text itself is printed instead of the document, unless --json is given too.",
  },
  input: z.object({
    name: workerArgument,
    lines: shownLines,
    include_content: z.boolean().default(false).describe("print the text; meant for redirected output"),
  }),
  output: z.object({
    name: z.string(),
    byte_count: z.int(),
    line_count: z.int(),
    history_lines: z.int(),
    sha256: z.string(),
    transcript_path: z.string(),
    content_redacted: z.boolean(),
    content: content(z.string().optional()).describe("only with include_content"),
    warnings,
  }),
});
