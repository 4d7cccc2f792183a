import type { Output } from "@conveyor/contracts";
import { plural } from "./text.ts";

/** How much was dropped, or would be (spec 02 §8.13). */
export function prunedText({ dry_run, would_prune_count, keep_latest }: Output<"transcripts.pruneSegments">): string {
  return `${dry_run ? "would drop" : "dropped"} the content of ${plural(would_prune_count, "row")}, keeping the newest ${keep_latest} of each group\n`;
}
