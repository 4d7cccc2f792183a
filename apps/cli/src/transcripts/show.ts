import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { lines, plural, type View } from "../print/text.ts";

type Segment = Output<"transcripts.show">["segments"][number];

function segmentText(segment: Segment, view: View): string {
  const { role, id, captured_at, segment_kind, segment_text, segment_text_redacted, line_count, byte_count } = segment;
  const size = `${plural(line_count, "line")}, ${plural(byte_count, "byte")}`;
  const hidden = segment_text_redacted ? `(not shown: ${size}; --include-content shows it)` : "(metadata only)";
  return lines(view.colour.bold(`${role} #${id} ${captured_at} ${segment_kind}`), segment_text ?? hidden);
}

/** `transcript-show`: each segment under a header (spec 02 §8.12). */
export const show = presents("transcripts.show", {
  text: ({ segments }, view) => segments.map((one) => segmentText(one, view)).join(""),
});
