import type { Output } from "@conveyor/contracts";
import { plural } from "./text.ts";

type Entry = Output<"transcripts.capture">["captures"][number];

/** One line per captured side: what was stored, that nothing was new, or why not (spec 02 §8.11). */
export function captureLines(captures: readonly Entry[]): string[] {
  return captures.map((entry) => {
    if ("error" in entry) return `${entry.role}: not captured: ${entry.error}`;
    const segment = entry.transcript_segment;
    const kept =
      segment === null
        ? "nothing new"
        : `segment #${segment.id}, ${segment.segment_kind}, ${plural(segment.line_count, "line")}`;
    return `${entry.role}: capture #${entry.capture.id}, ${kept}`;
  });
}
