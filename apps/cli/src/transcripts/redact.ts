import { presents } from "../presentation.ts";
import { lines, plural } from "../print/text.ts";

/** `redact` (spec 07 §7.13 item 8). */
export const redact = presents("transcripts.redact", {
  text: ({ dry_run, redacted_count, by_table, file_rewritten }) =>
    lines(
      `${plural(redacted_count, "text")} ${dry_run ? "would be changed" : "changed"}`,
      Object.entries(by_table).map(([table, n]) => `${table}: ${n}`),
      !dry_run &&
        redacted_count > 0 &&
        !file_rewritten &&
        "the file still holds the old text in free pages: `prune --vacuum` when nobody else uses the ledger",
    ),
});
