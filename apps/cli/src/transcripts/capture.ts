import { presents } from "../presentation.ts";
import { captureLines } from "../print/captures.ts";
import { lines } from "../print/text.ts";

/** `transcript-capture`: one line per role, with the text under it when it was asked for (spec 02 §8.11). */
export const capture = presents("transcripts.capture", {
  text: ({ captures }) =>
    lines(
      captures
        .flatMap((entry) => [...captureLines([entry]), ...("error" in entry ? [] : [entry.capture.output ?? ""])])
        .filter(Boolean),
    ),
});
