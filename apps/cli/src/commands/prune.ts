import { cliCommand } from "../command.ts";
import { spec } from "../generated/prune.ts";
import { prunedText } from "../print/pruned.ts";
import { lines, plural } from "../print/text.ts";

/** `prune` (spec 02 §8.14). */
export const command = cliCommand(spec, {
  text: {
    "transcripts.prune": (report) =>
      lines(
        prunedText(report),
        Object.entries(report.by_kind).map(
          ([kind, one]) => `${kind}: ${plural(one.would_prune_count, "row")}, ${plural(one.bytes, "byte")}`,
        ),
        report.file_bytes_freed !== null && `the ledger is ${plural(report.file_bytes_freed, "byte")} smaller`,
      ),
  },
});
