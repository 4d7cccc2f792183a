import { cliCommand } from "../command.ts";
import { spec } from "../generated/divergences.ts";
import { table } from "../print/text.ts";

/** `divergences`: one line per cycle, newest first (spec 02 §8.4). */
export const command = cliCommand(spec, {
  text: {
    "observation.divergences": (cycles, view) =>
      table(
        cycles.map(({ id, started_at, state, notable_pane_pattern }) => [
          `#${id}`,
          started_at,
          state,
          notable_pane_pattern,
        ]),
        view,
      ),
  },
  nothing: { "observation.divergences": () => "no cycle saw anything notable" },
});
