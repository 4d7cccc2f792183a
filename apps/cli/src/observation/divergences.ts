import { presents } from "../presentation.ts";
import { table } from "../print/text.ts";

/** `divergences`: one line per cycle, newest first (spec 02 §8.4). */
export const divergences = presents("observation.divergences", {
  text: (cycles, view) =>
    table(
      cycles.map(({ id, started_at, state, notable_pane_pattern }) => [
        `#${id}`,
        started_at,
        state,
        notable_pane_pattern,
      ]),
      view,
    ),
  nothing: () => "no cycle saw anything notable",
});
