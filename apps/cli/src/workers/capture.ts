import { presents } from "../presentation.ts";
import { plural } from "../print/text.ts";

/** `capture` (spec 02 §8.6): with --include-content the text itself. */
export const capture = presents("workers.capture", {
  text: ({ name, line_count, byte_count, transcript_path, content }) =>
    content ?? `captured ${plural(line_count, "line")} (${byte_count} bytes) of ${name}: ${transcript_path}\n`,
  raw: ({ content }, { json }) => (json || content === undefined ? undefined : `${content}\n`),
});
