import { cliCommand } from "../command.ts";
import { spec } from "../generated/transcript-capture.ts";
import { captureLines } from "../print/captures.ts";
import { lines } from "../print/text.ts";

/** `transcript-capture`: one line per role, with the text under it when it was asked for (spec 02 §8.11). */
export const command = cliCommand(spec, {
  text: {
    "transcripts.capture": ({ captures }) =>
      lines(
        captures
          .flatMap((entry) => [...captureLines([entry]), ...("error" in entry ? [] : [entry.capture.output ?? ""])])
          .filter(Boolean),
      ),
  },
});
