import { z } from "zod";
import { nonBlank } from "../bounds.ts";
import { count, taskRef } from "../common.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";

/** `redact --task TASK` (spec 07 §7.13 item 8). */
export const redact = operation({
  path: "transcripts.redact",
  kind: "mutation",
  summary: "Take secrets that slipped in out of what is kept of a task: terminals, records, messages",
  ledger: "write",
  refuses: [...BY_NAME, "timeout"],
  cli: {
    command: "redact",
    place: 50,
    prints: "text",
    notes: [
      "Every form of secret that is known is replaced by [masked], and what the pattern finds by [redacted].",
      "The file is written anew afterwards, so that nothing of it is left in its free pages. Backups, exports and",
      "the files of start prompts below the state root keep what they have.",
    ].join("\n"),
    examples: ["redact --task auth --dry-run", "redact --task auth --pattern 'hunter[0-9]+'"],
  },
  input: z.object({
    task: taskRef.describe("the task whose content is looked through"),
    pattern: cli(nonBlank.max(1000).optional(), { dash_reads_stdin: true }).describe(
      "a regular expression of JavaScript for what is to go, or - to read it from standard input",
    ),
    dry_run: z.boolean().default(false).describe("only count what would be changed"),
  }),
  output: z.object({
    dry_run: z.boolean(),
    redacted_count: count.describe("texts that were changed; in a dry run those that would be"),
    by_table: z.record(z.string(), z.int()),
    file_rewritten: z.boolean().describe("false when somebody else used the ledger: `prune --vacuum` does it later"),
  }),
});
