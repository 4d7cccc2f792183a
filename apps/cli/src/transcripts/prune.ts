import { presents } from "../presentation.ts";
import { prunedText } from "../print/pruned.ts";
import { lines, plural } from "../print/text.ts";

/** `prune` (spec 02 §8.14). */
export const prune = presents("transcripts.prune", {
  text: (report) =>
    lines(
      prunedText(report),
      Object.entries(report.by_kind).map(
        ([kind, one]) => `${kind}: ${plural(one.would_prune_count, "row")}, ${plural(one.bytes, "byte")}`,
      ),
      report.file_bytes_freed !== null && `the ledger is ${plural(report.file_bytes_freed, "byte")} smaller`,
    ),
});

/** `transcript-prune` (spec 02 §8.13). */
export const pruneSegments = presents("transcripts.pruneSegments", { text: prunedText });
