import { presents } from "../presentation.ts";
import { lines, table } from "../print/text.ts";

/** `loop-gate` (spec 05 §9): with --require a closed gate is exit code 1. */
export const gate = presents("loops.gate", {
  text: ({ run, for: asked, can_pass, reason, evidence }, view) =>
    lines(
      `${run.name}, ${asked}: ${can_pass ? view.colour.green("open") : view.colour.red(`closed, ${reason}`)}`,
      evidence.length > 0 &&
        table(
          evidence.map(({ evidence_type, state, criterion_id }) => [
            evidence_type,
            state,
            criterion_id === null ? "" : `#${criterion_id}`,
          ]),
          view,
        ),
    ),
  exitCode: ({ can_pass }, { require }) => (can_pass || require !== true ? 0 : 1),
});
