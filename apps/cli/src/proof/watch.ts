import { presents } from "../presentation.ts";
import { lines } from "../print/text.ts";
import { reportText } from "./show.ts";

/** `verify --watch` (spec 09 §9.4): what was run, then the board, each time that the files have settled. */
export const watch = presents("proof.watch", {
  text: (report, view) =>
    lines(
      report.runs.map(
        ({ check_id, state, reason }) => `check ${check_id}: ${state}${reason === null ? "" : ` (${reason})`}`,
      ),
      reportText(report, view),
    ),
});
